using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Certificates.PlatformAuthorities;

/// <summary>
/// Who was given which epoch of the platform's bundle, and who said to hold it (S17). A boundary: the certificates
/// capability implements it.
/// </summary>
internal interface IPlatformLedger
{
    /// <summary>To be called before an answer with the bundle of that epoch.</summary>
    ValueTask ServeAsync(string spiffeId, long epoch, CancellationToken cancellationToken);

    /// <summary>To be committed with a machine's report: its word, if it counts.</summary>
    /// <param name="peer">By whose certificate the report came in.</param>
    /// <param name="epoch">What it says to hold.</param>
    /// <param name="serial">The certificate that it speaks for.</param>
    IReadOnlyList<Statement> Acknowledgement(MachinePeer peer, long epoch, string serial);
}
