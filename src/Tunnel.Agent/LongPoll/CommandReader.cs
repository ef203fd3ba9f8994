using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using Culvert.Tunnel.Agent.Mcp;

namespace Culvert.Tunnel.Agent.LongPoll;

/// <summary>
/// Reads the body of a poll. A command that cannot be answered (it lacks what an answer must repeat, or what it wants is
/// unknown) is dropped alone; the other commands of the same poll are served. Unknown members are ignored.
/// </summary>
internal static partial class CommandReader
{
    /// <summary>The protocol allows no more in one poll.</summary>
    public const int MostCommands = 25;

    private const int MostIdCharacters = 256;
    private const int MostTokenCharacters = 4096;

    // Deeper messages are the pipeline's to refuse; this bounds the reader alone.
    private const int MostDepth = 1024;

    /// <param name="body">The response's body.</param>
    /// <param name="receivedAt">When its headers arrived.</param>
    /// <returns>Null: this is not the body of a poll.</returns>
    public static PollBatch? Read(ReadOnlyMemory<byte> body, long receivedAt)
    {
        try
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = MostDepth });
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                return null;
            }

            if (!TryGet(document.RootElement, "commands", out var list))
            {
                return PollBatch.Empty;
            }

            if (list.ValueKind != JsonValueKind.Array)
            {
                return null;
            }

            var (commands, dropped) = (new List<TunnelCommand>(), new List<string>());
            foreach (var item in list.EnumerateArray())
            {
                if (commands.Count + dropped.Count >= MostCommands)
                {
                    dropped.Add("too_many");
                }
                else if (ReadCommand(item, receivedAt, out var reason) is { } command)
                {
                    commands.Add(command);
                }
                else
                {
                    dropped.Add(reason);
                }
            }

            return new PollBatch(commands, dropped);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Lower case without surrounding blanks; null for a text that names no channel.</summary>
    public static string? ReadChannel(string text)
    {
        var channel = text.Trim().ToLowerInvariant();
        return Channel().IsMatch(channel) ? channel : null;
    }

    private static TunnelCommand? ReadCommand(JsonElement item, long receivedAt, out string reason)
    {
        reason = "text";
        try
        {
            return ReadMembers(item, receivedAt, ref reason);
        }
        catch (InvalidOperationException)
        {
            return null; // half a surrogate pair, in this command alone
        }
    }

    private static TunnelCommand? ReadMembers(JsonElement item, long receivedAt, ref string reason)
    {
        reason = "not_an_object";
        if (item.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        reason = "request_id";
        var id = Text(item, "request_id");
        if (id is null || !CommandHeaders.IsValue(id, MostIdCharacters))
        {
            return null;
        }

        reason = "shard_token";
        var token = Text(item, "shard_token");
        if (token is null || !CommandHeaders.IsValue(token, MostTokenCharacters))
        {
            return null;
        }

        reason = "command_type";
        CommandType? type = Text(item, "command_type") switch
        {
            "jsonrpc" => CommandType.JsonRpc,
            "session_termination" => CommandType.SessionTermination,
            "oauth_discovery" => CommandType.OauthDiscovery,
            _ => null,
        };
        if (type is null)
        {
            return null;
        }

        reason = "channel";
        var channel = TryGet(item, "channel", out var named) ? AsText(named) : LongPollSettings.MainChannel;
        if (channel is null || ReadChannel(channel) is not { } checkedChannel)
        {
            return null;
        }

        reason = "jsonrpc";
        ReadOnlyMemory<byte> message = default;
        if (type == CommandType.JsonRpc && !TryGetMessage(item, out message))
        {
            return null;
        }

        reason = "session";
        var headers = TryGet(item, "headers", out var given) ? CommandHeaders.Read(given) : [];
        if (type == CommandType.SessionTermination && Find(headers, McpHeaders.Session) is null)
        {
            return null;
        }

        return new TunnelCommand
        {
            RequestId = id,
            ShardToken = token,
            Type = type.Value,
            Channel = checkedChannel,
            ReceivedAt = receivedAt,
            CreatedAt = ReadTime(Text(item, "created_at")),
            ResponseTimeout = ResponseTimeout.Parse(Text(item, "response_timeout")),
            Headers = headers,
            ClientRequestId =
                Find(headers, CommandHeaders.RequestId) is { } own && CommandHeaders.IsValue(own, MostIdCharacters)
                    ? own
                    : "",
            Message = message,
        };
    }

    // A copy: the document's own bytes are those of the whole poll.
    private static bool TryGetMessage(JsonElement item, out ReadOnlyMemory<byte> message)
    {
        message = default;
        if (!TryGet(item, "jsonrpc", out var found) || found.ValueKind != JsonValueKind.Object)
        {
            return false;
        }

        message = JsonMarshal.GetRawUtf8Value(found).ToArray();
        return true;
    }

    private static string? Find(IReadOnlyList<KeyValuePair<string, string[]>> headers, string name)
    {
        foreach (var header in headers)
        {
            if (header.Key.Equals(name, StringComparison.OrdinalIgnoreCase) && header.Value is [{ Length: > 0 } value])
            {
                return value;
            }
        }

        return null;
    }

    private static string? Text(JsonElement item, string name) =>
        TryGet(item, name, out var value) ? AsText(value) : null;

    private static string? AsText(JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    // A member that is null is absent.
    private static bool TryGet(JsonElement item, string name, out JsonElement value) =>
        item.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null;

    // RFC 3339
    private static DateTimeOffset? ReadTime(string? text) =>
        text is { Length: >= 20 and <= 64 }
        && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
            ? time
            : null;

    [GeneratedRegex("^[a-z0-9_-]{1,64}\\z", RegexOptions.CultureInvariant)]
    private static partial Regex Channel();
}
