using Culvert.Identity.Service.Settings;

namespace Culvert.Identity.Service.Federation.Issuers;

internal sealed record IssuerKeyServices(
    KeySetFetch Fetch,
    IssuerKeyRecorder Recorder,
    IssuerControls Controls,
    Current<FederationOptions> Federation,
    TimeProvider Time,
    ILogger<IssuerKeys> Logger
)
{
    public FetchOptions Options => Federation.Value.Fetch;
}
