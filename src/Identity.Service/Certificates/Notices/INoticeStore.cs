using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Certificates.Notices;

/// <summary>What ends soon, and who was told.</summary>
internal interface INoticeStore
{
    /// <summary>
    /// Authorities, trust-only certificates and long-lived leaves that end from <paramref name="now"/> to
    /// <paramref name="until"/>; leaves alone that no later one has replaced. All of them, read in pages.
    /// </summary>
    IAsyncEnumerable<ExpiringSubject> ListExpiringAsync(
        DateTimeOffset now,
        DateTimeOffset until,
        int pageSize,
        CancellationToken cancellationToken
    );

    /// <summary>Notices that were given for ends from <paramref name="now"/> on.</summary>
    ValueTask<IReadOnlySet<(string Subject, long NotAfter, long Days)>> ListGivenAsync(
        DateTimeOffset now,
        CancellationToken cancellationToken
    );

    /// <summary>Once: the second time it is <see cref="NoticeConflict.Given"/>.</summary>
    Statement Give(ExpiringSubject subject, int days, DateTimeOffset at);
}
