/* SPDX-License-Identifier: MIT */
#include "status.h"

const char *fmt_status_text(int status)
{
	switch (status) {
	case FMT_OK:
		return "done";
	case FMT_END:
		return "nothing more";
	case FMT_EIO:
		return "input or output failed";
	case FMT_ENOMEM:
		return "no memory";
	case FMT_EFOREIGN:
		return "not a tcptop recording";
	case FMT_EVERSION:
		return "written by a newer version";
	case FMT_EDAMAGED:
		return "damaged";
	case FMT_ELIMIT:
		return "beyond the limits of the format";
	}
	return "unknown status";
}
