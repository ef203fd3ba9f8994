using Culvert.Machine.Client.Calls;
using Culvert.Machine.Client.Dialects;
using Culvert.Machine.Client.State;
using Culvert.Platform.Certificates;
using Culvert.Platform.Secrets;
using Culvert.Platform.Wire;
using Culvert.Tunnel.Agent.Configuration;
using Culvert.Tunnel.Agent.Routing;

namespace Culvert.Tunnel.Agent.Doctor.Certificates;

/// <summary>The input of the certificate checks, gathered once so that all of them describe the same moment.</summary>
internal sealed record CertificateFacts
{
    public required AgentSettings Settings { get; init; }

    public required AgentState State { get; init; }

    public required DateTimeOffset Now { get; init; }

    /// <summary>The response to a request for newer feeds; null without a usable platform certificate.</summary>
    public ApiResult<FeedAnswer<AgentFeed>>? Announced { get; init; }

    /// <summary>The pair of <c>certificates.certificate_file</c> and <c>key_file</c>; null if a file is unusable.</summary>
    public KeyAndCertificate? FilePair { get; init; }

    /// <summary>Why <see cref="FilePair"/> is null in manual mode; empty otherwise.</summary>
    public string FileProblem { get; init; } = "";

    /// <summary>The leaf of inner TLS, from files or from the service.</summary>
    public KeyAndCertificate? Leaf => Settings.Certificates.FromFiles ? FilePair : State.Server;

    /// <summary>The hostnames that clients call; null while the tunnel's domain is unknown.</summary>
    public IReadOnlyList<string>? Hostnames =>
        State.Feed?.Tunnel.Domain is { } domain
            ?
            [
                .. Settings
                    .Routes.Where(route => route.IsExposed)
                    .Select(route => Route.HostnameUnder(route.Name, domain))
                    .Order(StringComparer.Ordinal),
            ]
            : null;

    /// <summary>Reads the state and the files, and requests the feed once.</summary>
    public static async Task<CertificateFacts> GatherAsync(
        AgentSettings settings,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var facts = new CertificateFacts
        {
            Settings = settings,
            State = AgentState.Read(settings.Identity, settings.Tunnel.Id, settings.StateDirectory),
            Now = time.GetUtcNow(),
        };
        return (facts with { Announced = await GetFeedAsync(facts, time, cancellationToken) }).WithFiles();
    }

    // The request neither reports that the agent is live nor acknowledges anything (S17): the agent itself may have stopped.
    private static async Task<ApiResult<FeedAnswer<AgentFeed>>?> GetFeedAsync(
        CertificateFacts facts,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var state = facts.State;
        if (state is not { Platform: { } own, Trust: { } trust } || facts.Now > own.NotAfter)
        {
            return null;
        }

        if ((facts.Settings.Identity.MachineUrl ?? state.MachineUrl) is not { } url)
        {
            return null;
        }

        var revoked = state.Feed is { } feed ? RevokedSerialSet.From(feed) : RevokedSerialSet.None;
        using var client = new MachineClient(
            url,
            own,
            () => trust,
            () => revoked,
            time,
            network: facts.Settings.Identity.NetworkInForce
        );
        return await client.ProbeAgentFeedAsync(state.Feed?.Revision ?? 0, cancellationToken);
    }

    private CertificateFacts WithFiles()
    {
        var certificates = Settings.Certificates;
        if (!certificates.FromFiles)
        {
            return this;
        }

        try
        {
            return this with
            {
                FilePair = KeyAndCertificate.FromPem(
                    File.ReadAllText(certificates.CertificateFile),
                    PrivateFile.ReadText(certificates.KeyFile)
                ),
            };
        }
        catch (Exception e)
            when (e
                    is CertificateUnusableException
                        or SecretUnavailableException
                        or IOException
                        or UnauthorizedAccessException
            )
        {
            return this with { FileProblem = e.Message };
        }
    }
}
