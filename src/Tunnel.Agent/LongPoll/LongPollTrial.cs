using System.Text.Json;
using Culvert.Platform.Net;

namespace Culvert.Tunnel.Agent.LongPoll;

/// <summary>Tries whether the agent may serve a tunnel, and takes no command of it.</summary>
internal static class LongPollTrial
{
    /// <summary>
    /// Reads the tunnel with its key and certificate. No poll: a control plane may deliver a command to any poll, and a command is
    /// delivered once.
    /// </summary>
    /// <param name="settings">The tunnel.</param>
    /// <param name="network">How the control plane is reached.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Bounds the trial.</param>
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
            return null; // the page of a proxy, for example
        }
    }
}
