using System.Text.Json;
using Culvert.Platform.Net;

namespace Culvert.Tunnel.Agent.LongPoll;

/// <summary>Tests whether the agent may serve a tunnel, without receiving a command.</summary>
internal static class LongPollTrial
{
    /// <summary>Does not poll: a control plane may deliver a command to any poll, and delivers it only once.</summary>
    /// <returns>A success only if the control plane names this tunnel.</returns>
    public static async Task<ControlReply> RunAsync(
        LongPollSettings settings,
        NetworkSource network,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        using var plane = new ControlPlane(settings, network, time);
        var reply = await plane.ReadTunnelAsync(cancellationToken);
        return !reply.IsSuccess || ReadId(reply.Body) == settings.TunnelId
            ? reply
            : reply with
            {
                Status = 0,
                Detail = "The response does not describe this tunnel.",
            };
    }

    /// <summary>Asks the control plane, without a key, how a client may authenticate.</summary>
    public static async Task<ControlReply> ReadChallengeAsync(
        LongPollSettings settings,
        NetworkSource network,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        using var plane = new ControlPlane(settings, network, time);
        return await plane.ReadChallengeAsync(cancellationToken);
    }

    private static string? ReadId(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var tunnel = JsonDocument.Parse(body);
            return
                tunnel.RootElement.ValueKind == JsonValueKind.Object
                && tunnel.RootElement.TryGetProperty("id", out var id)
                && id.ValueKind == JsonValueKind.String
                ? id.GetString()
                : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null; // such as the page of a proxy
        }
    }
}
