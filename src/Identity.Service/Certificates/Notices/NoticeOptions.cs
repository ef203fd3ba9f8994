namespace Culvert.Identity.Service.Certificates.Notices;

internal sealed record NoticeOptions
{
    /// <summary>How many days before an expiry a notice is sent; descending.</summary>
    public IReadOnlyList<int> Days { get; init; } = [45, 14, 3];
}
