using System.Globalization;
using Culvert.Identity.Service.Federation.Issuers;
using Culvert.Identity.Service.Status.Checks;
using Culvert.Platform.Doctor;
using Culvert.Platform.Issuers;

namespace Culvert.Identity.Service.Doctor;

/// <summary>
/// Checks that the keys of every issuer can be fetched from here; otherwise shows how long the stored keys remain usable,
/// and what to do.
/// </summary>
internal sealed class IssuersCheck : IDoctorCheck<ServiceFacts>
{
    private const int MaxNext = 10;

    public string Id => "issuers";

    public DoctorFinding Run(ServiceFacts facts)
    {
        if (facts.Store is { Error: not null } or { Pending.Count: > 0 })
        {
            return DoctorFinding.Skip(Id, "Rests on database.");
        }

        if (facts.Issuers.Count == 0)
        {
            return DoctorFinding.Skip(Id, "No issuer is registered.");
        }

        var found = facts.Issuers.Select(state => Judge(state, facts)).OfType<DoctorFinding>().ToList();
        var tried = facts.Issuers.Count(state => state.IsTried);
        if (found.Count == 0)
        {
            return DoctorFinding.Pass(
                Id,
                Text($"The keys of {tried} of {facts.Issuers.Count} issuers were fetched; the others are not fetched.")
            );
        }

        var fatal = found.Count(trouble => trouble.Status == DoctorStatus.Fail);
        return DoctorFinding.Fail(
            Id,
            Text(
                $"{found.Count} of {facts.Issuers.Count} issuers need attention; {fatal} of them have no key that can be used."
            ),
            "Tokens of an issuer without keys are refused; cached keys are used until they are too old.",
            [.. found.SelectMany(trouble => trouble.Next).Distinct(StringComparer.Ordinal).Take(MaxNext)]
        ) with
        {
            Status = fatal > 0 ? DoctorStatus.Fail : DoctorStatus.Warn,
            Evidence = [.. found.OrderByDescending(trouble => trouble.Status).Select(trouble => trouble.Summary)],
        };
    }

    private static DoctorFinding? Judge(IssuerState state, ServiceFacts facts)
    {
        var (issuer, control, kept) = state.Stored;
        var options = facts.Options.Federation.Fetch;
        var keyState =
            kept is null || kept.FetchedAt < control.Kill?.SetsBefore
                ? KeyState.Empty
                : KeySchedule.GetState(
                    facts.Now - kept.FetchedAt,
                    kept.FreshFor,
                    issuer.StaleOk(options),
                    issuer.HardExpiry(options)
                );
        return IssuerJudgement.Judge(
            issuer,
            control,
            CachedKeyStatus.From(
                keyState,
                kept?.FetchedAt,
                kept?.Proven.Count > 0,
                kept?.FetchedAt + issuer.HardExpiry(options)
            ),
            state.Code is null ? null : "The fetch",
            state.Failure,
            Next(issuer, state.Code)
        );
    }

    private static string Next(Issuer issuer, string? code)
    {
        var id = issuer.Id.Value;
        var place = KeySetFetch.FirstFetch(issuer)?.Url.Authority ?? issuer.Url;
        return code switch
        {
            "issuer.unreachable" or "issuer.timed_out" =>
                $"Check that the identity provider of {issuer.Name} runs, and that {place} can be reached from this host.",
            "issuer.unresolvable" => $"Correct the name in {place}, or this machine's DNS.",
            "issuer.tls" when issuer.KeySource.CaCertificatePem is not null =>
                $"Give the CA that issued the certificate of {place}: culvert issuer update {id} --ca-file FILE",
            "issuer.tls" =>
                $"If a private CA issued the certificate of {place}: culvert issuer update {id} --ca-file FILE",
            "issuer.file_unreadable" => $"Put the key set of {issuer.Name} into federation.jwks_directory.",
            _ => $"culvert issuer verify {id}",
        };
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
