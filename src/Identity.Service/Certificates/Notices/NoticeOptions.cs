namespace Culvert.Identity.Service.Certificates.Notices;

internal sealed record NoticeOptions
{
    /// <summary>How many days before an end a notice is given; descending.</summary>
    public IReadOnlyList<int> Days { get; init; } = [45, 14, 3];
}
