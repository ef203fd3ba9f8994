using Culvert.Platform.Net;

namespace Culvert.Tunnel.Agent.LongPoll;

/// <summary>Tries whether the agent would get commands of a tunnel, and takes none.</summary>
internal static class LongPollTrial
{
    /// <summary>Calls name a channel of the operator's; none has this one.</summary>
    public const string Channel = "culvert-doctor";

    private static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(100);

    /// <summary>A poll with the key and the certificate of the tunnel, for a channel without calls.</summary>
    /// <param name="settings">The tunnel.</param>
    /// <param name="network">How the control plane is reached.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Bounds the trial.</param>
    public static async Task<ControlReply> RunAsync(
        LongPollSettings settings,
        NetworkSource network,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        using var plane = new ControlPlane(settings, network, time);
        var reply = await plane.PollAsync(1, Wait, [Channel], cancellationToken);
        if (!reply.IsSuccess || reply.Body.IsEmpty || CommandReader.Read(reply.Body, reply.ReceivedAt) is not { } batch)
        {
            return reply;
        }

        // A control plane that does not know channels may deliver a call all the same: its product must not wait in vain.
        foreach (var command in batch.Commands)
        {
            var sender = new AnswerSender(plane, command, time, cancellationToken);
            await CommandRelay.FailAsync(
                command,
                sender,
                TunnelFailure.Internal,
                StatusCodes.Status503ServiceUnavailable
            );
        }

        return reply;
    }
}
