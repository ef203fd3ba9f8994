using Culvert.Identity.Service.Settings;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>What every issuer's key cache works with.</summary>
internal sealed record IssuerKeyServices(
    KeySetFetch Fetch,
    IssuerKeyRecorder Recorder,
    IssuerControls Controls,
    Current<FederationOptions> Federation,
    TimeProvider Time,
    ILogger<IssuerKeys> Logger
)
{
    /// <summary>As they are now.</summary>
    public FetchOptions Options => Federation.Value.Fetch;
}
