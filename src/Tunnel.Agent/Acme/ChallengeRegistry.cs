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
/// The tunnel's announced challenges, this agent's and the others' (S25): the CA may arrive at any of them. Each is held
/// ready before it is acknowledged; one name shows one challenge, since a CA asks by name alone.
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

    /// <summary>The digest of this agent's own challenge: no order of this agent waits for it.</summary>
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
                continue; // cannot be shown, so it is not acknowledged either
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

    /// <summary>How a challenge handshake for the name is answered; null when none is announced.</summary>
    public SslServerAuthenticationOptions? Find(string name) => FindActive(name)?.Options;

    /// <summary>
    /// How long an order for the name has to wait because another agent's challenge for it is, or was just now,
    /// announced; null when it need not. So the agents of a tunnel order one after the other without further
    /// coordination.
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

    /// <summary>Acknowledges what it holds, until cancelled.</summary>
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

            // Refused permanently: it has ended meanwhile.
            held.IsAcknowledged = failure is null or { Kind: ApiFailureKind.Refused };
            if (failure is null)
            {
                Log.ChallengeHeld(logger, held.Challenge.Name, held.Challenge.Id);
            }
        }
        catch (ObjectDisposedException)
        {
            // The platform certificate was renewed just now; the next try has the new client.
        }
    }

    private bool IsOwn(Held held) => held.Challenge.KeyAuthorizationSha256 == own;

    private Held? FindActive(string name) =>
        byName.GetValueOrDefault(name) is { } held && held.Challenge.ExpiresAt > time.GetUtcNow() ? held : null;

    private sealed class Held(FeedAcmeChallenge challenge, SslServerAuthenticationOptions options)
    {
        public FeedAcmeChallenge Challenge => challenge;

        public SslServerAuthenticationOptions Options => options;

        /// <summary>Written by the loop alone.</summary>
        public bool IsAcknowledged { get; set; }
    }
}
