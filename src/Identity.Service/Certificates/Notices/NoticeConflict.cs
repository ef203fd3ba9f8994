namespace Culvert.Identity.Service.Certificates.Notices;

internal enum NoticeConflict
{
    /// <summary>Another node sent the notice first.</summary>
    Given,
}
