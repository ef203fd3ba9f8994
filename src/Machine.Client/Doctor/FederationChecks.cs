using System.Globalization;
using Culvert.Machine.Client.Access;
using Culvert.Machine.Client.Calls;
using Culvert.Machine.Client.Tokens;
using Culvert.Platform.Doctor;
using Culvert.Platform.Issuers;
using Culvert.Platform.Net;
using Culvert.Platform.Wire;

namespace Culvert.Machine.Client.Doctor;

/// <summary>
/// Checks the path from the identity token to the access token, hop by hop: the token's source and content,
/// reachability and trust, clocks, and whether the exchange grants the needed scope for the <c>tunnel</c> or
/// <c>edge</c>. The first check that fails is the one to fix.
/// </summary>
public sealed class FederationChecks(
    IdentityOptions options,
    IdentityTokenSource source,
    IdentityClient client,
    BindingKey binding,
    string neededScope,
    string whose,
    TimeProvider time
)
{
    public const string Source = "identity_token";
    public const string Audience = "identity_audience";
    public const string Lifetime = "identity_lifetime";
    public const string Service = "identity_service";
    public const string Clock = "clock";
    public const string Exchange = "token_exchange";
    public const string Scope = "token_scope";

    public static readonly IReadOnlyList<string> Ids = [Source, Audience, Lifetime, Service, Clock, Exchange, Scope];

    private static readonly TimeSpan Leeway = TimeSpan.FromSeconds(30);

    private readonly List<DoctorFinding> findings = [];

    public static FederationChecks Create(
        IdentityOptions identity,
        string stateDirectory,
        string neededScope,
        string whose,
        TimeProvider time
    )
    {
        ArgumentNullException.ThrowIfNull(identity);
        return new FederationChecks(
            identity,
            new IdentityTokenSource(identity.Token, time),
            new IdentityClient(identity, new FirstTrust(identity, time), time),
            FederatedProof.CreateBinding(identity, stateDirectory),
            neededScope,
            whose,
            time
        );
    }

    public async Task<IReadOnlyList<DoctorFinding>> RunAsync(CancellationToken cancellationToken)
    {
        if (options.Mode == IdentityMode.Manual)
        {
            return
            [
                .. Ids.Where(id => id is not (Service or Clock)).Select(ManualSkip),
                .. await ReachAsync(cancellationToken),
            ];
        }

        var (token, inspection) = await ReadTokenAsync(cancellationToken);
        findings.Add(inspection is null ? Rests(Audience, Source) : CheckAudience(inspection));
        findings.Add(inspection is null ? Rests(Lifetime, Source) : CheckLifetime(inspection));
        findings.AddRange(await ReachAsync(cancellationToken));
        var response = await ExchangeAsync(token, cancellationToken);
        findings.Add(response is null ? Rests(Scope, Exchange) : CheckScope(response));
        return findings;
    }

    private async Task<(string? Token, TokenInspection? Inspection)> ReadTokenAsync(CancellationToken cancellationToken)
    {
        try
        {
            var token = await source.ReadAsync(cancellationToken);
            if (TokenInspection.Read(token) is not { } inspection)
            {
                findings.Add(
                    DoctorFinding.Fail(
                        Source,
                        $"The {source.Name} gave something that is not a signed JWT.",
                        "The service accepts only compact JWS tokens with an asymmetric algorithm."
                    )
                );
                return (null, null);
            }

            findings.Add(
                DoctorFinding.Pass(
                    Source,
                    $"Read from {source.Name}.",
                    $"iss: {inspection.Issuer}",
                    $"sub: {inspection.Subject}",
                    $"aud: {string.Join(", ", inspection.Audiences)}"
                )
            );
            return (token, inspection);
        }
        catch (IdentityTokenException e)
        {
            findings.Add(
                DoctorFinding.Fail(
                    Source,
                    e.Message,
                    "Without an identity token this machine cannot authenticate.",
                    source.NextStep
                ) with
                {
                    Evidence = [.. e.ErrorOutput.Select(line => $"it said: {line}")],
                }
            );
            return (null, null);
        }
    }

    private DoctorFinding CheckAudience(TokenInspection token)
    {
        var wanted = options.Token.Audience;
        if (token.Audiences.Contains(wanted, StringComparer.Ordinal))
        {
            return DoctorFinding.Pass(Audience, $"The token is for {wanted}.");
        }

        var near = token.Audiences.FirstOrDefault(a => IsNear(a, wanted));
        var standard = token.Audiences.FirstOrDefault(PlatformAudiences.Contains);
        var why =
            near is not null
                ? $"{near} differs in letter case, scheme or a final slash; audiences are compared byte for byte."
            : standard is not null
                ? $"{standard} is the platform's default audience: any service that accepts it could replay the token elsewhere."
            : "A token for another service is refused, unless the rule names that audience.";
        return DoctorFinding.Fail(
            Audience,
            $"The token is not for {wanted}.",
            why,
            $"Request a token with the audience {wanted} from the platform, or set identity.token.audience to the audience that the rule names."
        ) with
        {
            Evidence = [$"aud: {string.Join(", ", token.Audiences)}"],
        };
    }

    private DoctorFinding CheckLifetime(TokenInspection token)
    {
        var now = time.GetUtcNow();
        if (token.ExpiresAt is not { } end || token.IssuedAt is not { } start)
        {
            return DoctorFinding.Fail(
                Lifetime,
                "The token lacks exp or iat.",
                "Both are required, so that a token expires and its age is known."
            );
        }

        IReadOnlyList<string> evidence = [$"iat: {start:u}", $"exp: {end:u}"];
        if (end + Leeway <= now)
        {
            return DoctorFinding.Fail(
                Lifetime,
                string.Create(CultureInfo.InvariantCulture, $"The token expired {(now - end).TotalSeconds:0} s ago."),
                "The job that renews it has stopped, or this machine's clock is fast.",
                "Check the job, sidecar or kubelet that writes the token."
            ) with
            {
                Evidence = evidence,
            };
        }

        return start - Leeway > now
            ? DoctorFinding.Fail(
                Lifetime,
                "The token was issued in the future.",
                "This machine's clock is behind the identity provider's.",
                "Synchronise the clock (NTP)."
            ) with
            {
                Evidence = evidence,
            }
            : DoctorFinding.Pass(
                Lifetime,
                string.Create(CultureInfo.InvariantCulture, $"The token expires in {(end - now).TotalSeconds:0} s."),
                evidence
            );
    }

    private async Task<IReadOnlyList<DoctorFinding>> ReachAsync(CancellationToken cancellationToken)
    {
        if (await client.ProbeAsync(cancellationToken) is { } failure)
        {
            var why =
                failure.Kind == ApiFailureKind.Untrusted
                    ? "Its certificate is not vouched for by identity.ca_file, identity.ca_sha256 or the system's roots."
                    : "The service is needed for proving oneself and for renewing; firewalls and DNS are the usual causes.";
            return
            [
                DoctorFinding.Fail(
                    Service,
                    failure.Message,
                    why,
                    failure.Kind == ApiFailureKind.Untrusted
                        ? TrustStep()
                        : failure.Cause.NextStep(options.Url.Authority, "the identity service")
                ),
                Rests(Clock, Service),
            ];
        }

        return [DoctorFinding.Pass(Service, $"{options.Url.Authority} responds and is trusted."), CheckClock()];
    }

    private string TrustStep()
    {
        const string show = "with the platform root that an administrator's `culvert platform-root show` prints";
        return options.CaSha256.Length > 0 ? $"Compare identity.ca_sha256 {show}, and correct it."
            : options.CaFile.Length > 0
                ? $"Compare the certificates in {options.CaFile} (identity.ca_file) {show}, and replace them."
            : $"Set identity.ca_sha256 to the pin, or identity.ca_file to the file, of the platform root: `culvert platform-root show` prints its pin.";
    }

    private DoctorFinding CheckClock()
    {
        if (client.ClockOffset is not { } offset)
        {
            return DoctorFinding.Skip(Clock, "The service's response had no Date header.");
        }

        var seconds = string.Create(CultureInfo.InvariantCulture, $"{offset.TotalSeconds:0}");
        return offset.Duration() <= Leeway
            ? DoctorFinding.Pass(Clock, $"The service's clock differs by {seconds} s.")
            : DoctorFinding.Fail(
                Clock,
                $"The service's clock differs by {seconds} s.",
                "Tokens and certificates are refused if clocks differ by more than 30 s. The program does not correct for it.",
                "Synchronise the clock of this machine (NTP)."
            );
    }

    private async Task<TokenResponse?> ExchangeAsync(string? token, CancellationToken cancellationToken)
    {
        if (token is null || findings.Exists(f => f is { Id: Service, Status: DoctorStatus.Fail }))
        {
            findings.Add(Rests(Exchange, token is null ? Source : Service));
            return null;
        }

        var answer = await client.ExchangeAsync(token, binding, cancellationToken);
        if (answer.IsSuccess)
        {
            findings.Add(
                DoctorFinding.Pass(
                    Exchange,
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"The token was granted for {answer.Value.ExpiresIn} s."
                    ),
                    $"scope: {answer.Value.Scope}",
                    $"token_type: {answer.Value.TokenType}"
                )
            );
            return answer.Value;
        }

        findings.Add(
            DoctorFinding.Fail(
                Exchange,
                answer.Failure.ToString(),
                "The service does not disclose its rules to callers; the reason is in its authentication history.",
                answer.Failure.RequestId is { } id
                    ? $"Ask an administrator to run: culvert explain {id}"
                    : $"Ask an administrator to run: culvert history list --denied --rule {options.RuleId}"
            )
        );
        return null;
    }

    private DoctorFinding CheckScope(TokenResponse response)
    {
        var granted = (response.Scope ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return granted.Contains(neededScope)
            ? DoctorFinding.Pass(Scope, $"The rule grants {neededScope}.")
            : DoctorFinding.Fail(
                Scope,
                $"The rule does not grant {neededScope}.",
                "With this token the enrolment would be refused.",
                $"Ask an administrator to add the scope {neededScope} and the {whose} to rule {options.RuleId}."
            );
    }

    private static bool IsNear(string audience, string wanted) =>
        Bare(audience).Equals(Bare(wanted), StringComparison.OrdinalIgnoreCase);

    private static string Bare(string audience)
    {
        var scheme = audience.IndexOf("://", StringComparison.Ordinal);
        return (scheme < 0 ? audience : audience[(scheme + 3)..]).TrimEnd('/');
    }

    private static DoctorFinding Rests(string id, string on) => DoctorFinding.Skip(id, $"Rests on {on}.");

    private static DoctorFinding ManualSkip(string id) =>
        DoctorFinding.Skip(id, "identity.mode is manual: the tunnel token is used.");
}
