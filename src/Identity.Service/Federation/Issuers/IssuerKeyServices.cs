namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>What every issuer's key cache works with.</summary>
internal sealed record IssuerKeyServices(
    KeySetFetch Fetch,
    IssuerKeyRecorder Recorder,
    IssuerControls Controls,
    FetchOptions Options,
    TimeProvider Time,
    ILogger<IssuerKeys> Logger
);
