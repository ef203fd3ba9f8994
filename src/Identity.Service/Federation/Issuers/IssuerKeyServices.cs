using Culvert.Identity.Service.Settings;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>The services that every issuer's key cache uses.</summary>
internal sealed record IssuerKeyServices(
    KeySetFetch Fetch,
    IssuerKeyRecorder Recorder,
    IssuerControls Controls,
    Current<FederationOptions> Federation,
    TimeProvider Time,
    ILogger<IssuerKeys> Logger
)
{
    /// <summary>The options in force.</summary>
    public FetchOptions Options => Federation.Value.Fetch;
}
