using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Settings;
using Culvert.Jose.Algorithms;
using Culvert.Jose.Keys;
using Culvert.Jose.Refusals;
using Culvert.Platform.Issuers;
using Culvert.Platform.Timing;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>A dry run of fetching an issuer's keys, reported step by step. Changes nothing.</summary>
internal sealed class IssuerVerifier(
    KeySetFetch fetch,
    IssuerControls controls,
    FederationDirectory directory,
    Current<FederationOptions> options,
    TimeProvider time
)
{
    /// <param name="issuer">A saved issuer or a draft.</param>
    /// <param name="id">The id of a saved issuer; null for a draft.</param>
    public async Task<VerificationDocument> RunAsync(Issuer issuer, string? id, CancellationToken cancellationToken)
    {
        var steps = new List<FetchStep>();
        if (issuer.KeySource.ConfiguredKeys is { } given)
        {
            return Answer(issuer, id, steps, given, failure: null, code: null, freshFor: null);
        }

        using var limit = new TimeLimit(options.Value.Fetch.Timeout, time, cancellationToken);
        KeySetResult result;
        try
        {
            result = await fetch.GetAsync(issuer, known: null, steps, limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            result = KeySetResult.Failed("issuer.timed_out", "not done within the time limit");
        }

        var freshFor = result.Keys is null
            ? (TimeSpan?)null
            : KeySchedule.FreshFor(result.MaxAge, options.Value.Fetch.Refresh);
        return Answer(issuer, id, steps, result.Keys ?? result.Unusable, result.Failure, result.Code, freshFor);
    }

    private VerificationDocument Answer(
        Issuer issuer,
        string? id,
        List<FetchStep> steps,
        JwkSet? keys,
        string? failure,
        string? code,
        TimeSpan? freshFor
    )
    {
        var present = id is null ? null : directory.Current.FindKeys(issuer.Id)?.PresentKeys;
        var accepted = failure is null ? keys : null;
        var change = accepted is null || present is null ? null : KeyChange.Between(present, accepted);
        return new VerificationDocument(
            IssuerId: id,
            Accepted: accepted is not null,
            ErrorCode: code,
            Message: failure,
            KeySource: issuer.KeySource.Type,
            Fetches: [.. steps.Select(ToDocument)],
            Keys: keys is null
                ? []
                :
                [
                    .. keys.Keys.Select(key => ToDocument(issuer, id, key, keys)),
                    .. keys.Dropped.Select(key => new VerifiedKeyDocument(
                        KeyId: key.KeyId,
                        Algorithms: [],
                        Thumbprint: null,
                        Accepted: false,
                        Reason: WireNames.Get(key.Reason)
                    )),
                ],
            AddedKeyIds: change is null ? null : KeyIds(change.Added),
            RemovedKeyIds: change is null ? null : KeyIds(change.Removed),
            ReplacedKeyIds: change is null ? null : KeyIds(change.Replaced),
            FreshForSeconds: (int?)freshFor?.TotalSeconds
        );
    }

    private VerifiedKeyDocument ToDocument(Issuer issuer, string? id, VerificationKey key, JwkSet keys)
    {
        var kill = id is null ? null : controls.Get(issuer.Id).Kill;
        var allowed = key.Algorithms & issuer.Algorithms;
        var isKilled = kill?.Covers(key, keys) == true;
        var lacksKid = key.KeyId is null && !issuer.AllowMissingKid;
        return new VerifiedKeyDocument(
            KeyId: key.KeyId,
            Algorithms: AlgorithmNames.GetNames(allowed),
            Thumbprint: key.Thumbprint,
            Accepted: !isKilled && !lacksKid && allowed != JwsAlgorithms.Empty,
            Reason: isKilled ? "killed"
                : lacksKid ? WireNames.Get(JoseRefusal.KeyIdMissing)
                : allowed == JwsAlgorithms.Empty ? "algorithm_not_allowed"
                : null
        );
    }

    private static IReadOnlyList<string> KeyIds(IReadOnlyList<VerificationKey> keys) =>
        [.. keys.Select(key => key.KeyId ?? key.Thumbprint)];

    private static VerifiedFetchDocument ToDocument(FetchStep step)
    {
        var seen = step.Observation;
        return new VerifiedFetchDocument(
            Field: step.Field,
            Url: step.Url.AbsoluteUri,
            Addresses:
            [
                .. seen.Addresses.Select(address => new VerifiedAddressDocument(
                    Address: address.Address.ToString(),
                    Permitted: address.Refusal is null,
                    ErrorCode: address.Refusal is { } refusal ? IssuerErrors.ToErrorCode(refusal).Code : null
                )),
            ],
            ConnectedTo: seen.ConnectedTo?.ToString(),
            TlsProtocol: seen.TlsProtocol,
            CertificateSha256: seen.CertificateSha256,
            CertificateSubject: seen.CertificateSubject,
            CertificateIssuer: seen.CertificateIssuer,
            CertificateNotAfter: seen.CertificateNotAfter,
            Status: seen.Status,
            ContentType: seen.ContentType,
            ErrorCode: step.Fetched.Code,
            Message: step.Fetched.Failure
        );
    }
}
