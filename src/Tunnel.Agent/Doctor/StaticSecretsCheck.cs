using System.Globalization;
using Culvert.Platform.Doctor;
using Culvert.Platform.Health;
using Culvert.Platform.Wire;
using Culvert.Tunnel.Agent.Configuration;

namespace Culvert.Tunnel.Agent.Doctor;

/// <summary>Lists the secrets that only a person replaces, with age and last use, and what replaces them.</summary>
internal static class StaticSecretsCheck
{
    public const string Id = "static_secrets";

    /// <summary>Warns about files that were last written longer ago.</summary>
    public static readonly TimeSpan Old = TimeSpan.FromDays(90);

    private const string Manual = "docs/secrets.md, How to get the list to zero";

    /// <summary>The check of the command, which has the last uses from the running agent.</summary>
    /// <param name="own">Recognises that agent; another one may answer at the same address.</param>
    public static async Task<DoctorFinding> RunAsync(
        AgentSettings settings,
        ProgramIdentity own,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var secrets = StaticSecrets.List(settings);
        var now = time.GetUtcNow();
        var uses = secrets.Count == 0 ? null : await ReadUsesAsync(settings.Health, own, now, cancellationToken);
        return Judge(
            secrets,
            now,
            secret =>
                uses is null ? "last use: only the running agent knows it"
                : uses.TryGetValue(secret.Setting, out var at) ? DescribeUse(at, now)
                : DescribeUse(null, now)
        );
    }

    /// <summary>The check of a running agent.</summary>
    public static DoctorFinding Check(IReadOnlyList<StaticSecret> secrets, DateTimeOffset now) =>
        Judge(secrets, now, secret => DescribeUse(secret.Reference.LastUsedAt, now));

    private static DoctorFinding Judge(
        IReadOnlyList<StaticSecret> secrets,
        DateTimeOffset now,
        Func<StaticSecret, string> describeUse
    )
    {
        if (secrets.Count == 0)
        {
            return DoctorFinding.Pass(Id, "The configuration has no static secret.");
        }

        var lines = secrets
            .Select(secret => (Secret: secret, WrittenAt: secret.Reference.FindWriteTime()))
            .OrderBy(line => line.WrittenAt ?? DateTimeOffset.MaxValue)
            .ToList();
        IReadOnlyList<string> evidence =
        [
            .. lines.Select(line =>
                $"{line.Secret.Setting}: {line.Secret.Kind} in {line.Secret.Reference}, "
                + $"{DescribeAge(line.WrittenAt, now)}, {describeUse(line.Secret)}"
            ),
        ];
        IReadOnlyList<string> next =
        [
            .. lines.Select(line => FindReplacement(line.Secret.Kind)).Distinct(StringComparer.Ordinal),
            Manual,
        ];
        var old = lines.Count(line => now - line.WrittenAt > Old);
        return old == 0
            ? DoctorFinding.Pass(Id, $"Static secrets: {Count(secrets.Count)}.", evidence) with
            {
                Next = next,
            }
            : DoctorFinding.Warn(
                Id,
                $"Static secrets: {Count(secrets.Count)}, of which {Count(old)} are older than {Old.TotalDays} days.",
                "Each is valid until a person replaces it, for every program that has read it.",
                next
            ) with
            {
                Evidence = evidence,
            };
    }

    /// <summary>What makes a secret of this kind unnecessary, or less lasting.</summary>
    internal static string FindReplacement(string kind) =>
        kind switch
        {
            StaticSecretKind.Header =>
                "header: use credentials.type client_credentials or token_exchange, or aws or google, if the server takes tokens",
            StaticSecretKind.ClientSecret => "client_secret: use client_auth: federated",
            StaticSecretKind.ClientKey =>
                "client_key: use client_auth: federated; of a TLS client certificate: a token, if the server takes one",
            StaticSecretKind.ServerKey => "server_key: let the service issue the certificate (source: service)",
            StaticSecretKind.TunnelToken => "tunnel_token: use identity.mode: automatic",
            StaticSecretKind.Variable =>
                "variable: let the program use an identity of its own; if it knows only a key, replace the file regularly",
            StaticSecretKind.ApiKey =>
                "api_key: the agent sends only keys to a provider (what the provider says: tunnel-agent doctor --check "
                    + $"{FederatedPollCheck.Id}); replace the file regularly",
            _ => $"{kind}: nothing replaces it; replace the file regularly",
        };

    // Null if the agent of this configuration does not answer.
    private static async Task<IReadOnlyDictionary<string, DateTimeOffset?>?> ReadUsesAsync(
        HealthOptions health,
        ProgramIdentity own,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        using var running = new RunningProgram(health);
        return await running.FindOwnAsync(
            own,
            async _ => ParseUses(await running.ReadMetricsAsync(cancellationToken), now),
            cancellationToken
        );
    }

    private static Dictionary<string, DateTimeOffset?> ParseUses(IEnumerable<string> metrics, DateTimeOffset now)
    {
        const string Start = "culvert_agent_static_secret_last_use_seconds{setting=\"";
        const string End = "\"} ";
        var uses = new Dictionary<string, DateTimeOffset?>(StringComparer.Ordinal);
        foreach (var line in metrics.Where(line => line.StartsWith(Start, StringComparison.Ordinal)))
        {
            var end = line.IndexOf(End, StringComparison.Ordinal);
            if (
                end > 0
                && double.TryParse(line.AsSpan(end + End.Length), CultureInfo.InvariantCulture, out var seconds)
                && seconds >= 0
                && seconds < TimeSpan.MaxValue.TotalSeconds
            )
            {
                uses[line[Start.Length..end]] = now - TimeSpan.FromSeconds(seconds);
            }
        }

        return uses;
    }

    private static string DescribeAge(DateTimeOffset? writtenAt, DateTimeOffset now) =>
        writtenAt is { } at ? $"written {DescribeTime(now - at)} ago" : "age unknown";

    private static string DescribeUse(DateTimeOffset? usedAt, DateTimeOffset now) =>
        usedAt is { } at ? $"last used {DescribeTime(now - at)} ago" : "not used since the agent's start";

    private static string DescribeTime(TimeSpan span) =>
        span >= TimeSpan.FromDays(2) ? $"{Count((int)span.TotalDays)} days"
        : span >= TimeSpan.FromHours(2) ? $"{Count((int)span.TotalHours)} hours"
        : $"{Count(Math.Max(0, (int)span.TotalMinutes))} minutes";

    private static string Count(int number) => number.ToString(CultureInfo.InvariantCulture);
}
