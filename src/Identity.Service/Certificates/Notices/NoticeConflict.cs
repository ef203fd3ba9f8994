namespace Culvert.Identity.Service.Certificates.Notices;

internal enum NoticeConflict
{
    /// <summary>Another node gave the notice first.</summary>
    Given,
}
