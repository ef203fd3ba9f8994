namespace Culvert.Identity.Service.Certificates.Notices;

internal enum NoticeConflict
{
    Given,
}
