using System.Buffers.Text;
using System.Collections.Frozen;
using System.Net.Security;
using Culvert.Machine.Client.Calls;
using Culvert.Machine.Client.Dialects;
using Culvert.Platform.Programs;
using Culvert.Platform.Wire;
using Culvert.Tunnel.Agent.Telemetry;

namespace Culvert.Tunnel.Agent.Acme;

/// <summary>
/// The announced challenges of all the tunnel's agents (S25): the CA may connect to any of them. The agent can answer
/// a challenge before it acknowledges it. A name has one challenge, since a CA requests it by name alone.
/// </summary>
internal sealed class ChallengeRegistry(
    Func<MachineClient?> service,
    TimeProvider time,
    ILogger<ChallengeRegistry> logger
)
{
    private const int DigestBytes = 32;
    private const int MaxHeld = 64;
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);

    private readonly AsyncSignal signal = new(time);
    private readonly Dictionary<string, DateTimeOffset> seen = new(StringComparer.OrdinalIgnoreCase); // guarded by a lock on it
    private volatile string own = "";
    private volatile FrozenDictionary<string, Held> byName = FrozenDictionary<string, Held>.Empty;

    /// <summary>Sets the digest of this agent's own challenge: this agent's orders do not wait for it.</summary>
    public void SetOwnDigest(string digest) => own = digest;

    /// <summary>Applies the feed; called for one feed at a time.</summary>
    public void Apply(IReadOnlyList<FeedAcmeChallenge>? announced)
    {
        var now = time.GetUtcNow();
        var next = new Dictionary<string, Held>(StringComparer.OrdinalIgnoreCase);
        foreach (var challenge in (announced ?? []).Where(c => c.ExpiresAt > now).Take(MaxHeld))
        {
            if (
                Uri.CheckHostName(challenge.Name) != UriHostNameType.Dns
                || !Base64Url.IsValid(challenge.KeyAuthorizationSha256, out var length)
                || length != DigestBytes
            )
            {
                continue; // the agent cannot answer it, so it does not acknowledge it
            }

            var digest = Base64Url.DecodeFromChars(challenge.KeyAuthorizationSha256);

            next[challenge.Name] =
                byName.GetValueOrDefault(challenge.Name) is { } held && held.Challenge.Id == challenge.Id
                    ? held
                    : new Held(challenge, ChallengeCertificate.TlsOptions(challenge.Name, digest, now));
        }

        lock (seen)
        {
            foreach (var old in seen.Where(s => s.Value + AcmeSchedule.Distance < now).Select(s => s.Key).ToList())
            {
                seen.Remove(old);
            }

            foreach (var other in next.Values.Concat(byName.Values).Where(h => !IsOwn(h)))
            {
                seen[other.Challenge.Name] = now;
            }
        }

        byName = next.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
        signal.Set();
    }

    /// <summary>The TLS options of a challenge handshake for the name; null when no challenge is announced.</summary>
    public SslServerAuthenticationOptions? Find(string name) => FindActive(name)?.Options;

    /// <summary>
    /// How long an order must wait because another agent's challenge for the name is, or recently was, announced; null
    /// when it need not. So the agents of a tunnel order in sequence without further coordination.
    /// </summary>
    public TimeSpan? BusyFor(string name)
    {
        var now = time.GetUtcNow();
        if (FindActive(name) is { } live && !IsOwn(live))
        {
            return AcmeSchedule.Distance;
        }

        lock (seen)
        {
            return seen.TryGetValue(name, out var at) && at + AcmeSchedule.Distance > now
                ? at + AcmeSchedule.Distance - now
                : null;
        }
    }

    /// <summary>Acknowledges the challenges until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var waiting = byName
                .Values.Where(h => !h.IsAcknowledged && h.Challenge.ExpiresAt > time.GetUtcNow())
                .ToList();
            foreach (var held in waiting)
            {
                await AcknowledgeAsync(held, cancellationToken);
            }

            await signal.WaitAsync(
                waiting.Exists(h => !h.IsAcknowledged) ? Retry : TimeSpan.MaxValue,
                cancellationToken
            );
        }
    }

    private async Task AcknowledgeAsync(Held held, CancellationToken cancellationToken)
    {
        if (service() is not { } client)
        {
            return;
        }

        try
        {
            var failure = await client.AcknowledgeAgentChallengeAsync(held.Challenge.Id, cancellationToken);

            // A permanent refusal means that the challenge has ended.
            held.IsAcknowledged = failure is null or { Kind: ApiFailureKind.Refused };
            if (failure is null)
            {
                Log.ChallengeHeld(logger, held.Challenge.Name, held.Challenge.Id);
            }
        }
        catch (ObjectDisposedException)
        {
            // The platform certificate was renewed concurrently; the next try has the new client.
        }
    }

    private bool IsOwn(Held held) => held.Challenge.KeyAuthorizationSha256 == own;

    private Held? FindActive(string name) =>
        byName.GetValueOrDefault(name) is { } held && held.Challenge.ExpiresAt > time.GetUtcNow() ? held : null;

    private sealed class Held(FeedAcmeChallenge challenge, SslServerAuthenticationOptions options)
    {
        public FeedAcmeChallenge Challenge => challenge;

        public SslServerAuthenticationOptions Options => options;

        /// <summary>Only the loop writes it.</summary>
        public bool IsAcknowledged { get; set; }
    }
}
