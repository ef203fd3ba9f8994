using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.LongPoll;

/// <summary>
/// Reads the body of a poll. A command that the agent cannot serve is refused alone (<see cref="TunnelCommand.Refusal"/>), so
/// that its product does not wait in vain; one without what each answer must repeat is dropped. The other commands of the
/// same poll are served. Unknown members are ignored.
/// </summary>
internal static partial class CommandReader
{
    /// <summary>The protocol allows no more in one poll.</summary>
    public const int MostCommands = 25;

    private const int MostIdCharacters = 256;

    // Deeper messages are the pipeline's to refuse, and concern no other command; this bounds the reader alone.
    private const int MostDepth = 1 << 16;

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
                if (ReadCommand(item, receivedAt, out var reason) is { } command)
                {
                    commands.Add(
                        commands.Count < MostCommands
                            ? command
                            : command with
                            {
                                Refusal = CommandFailures.TooMany,
                                RefusedFor = "too_many",
                            }
                    );
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

    // Null, with the reason: no answer to it is possible.
    private static TunnelCommand? ReadCommand(JsonElement item, long receivedAt, out string reason)
    {
        try
        {
            if (ReadAddress(item, receivedAt, out reason) is not { } command)
            {
                return null;
            }

            reason = ReadWork(item, ref command);
            return reason.Length == 0 ? command
                : reason == "headers" ? command with { Refusal = CommandFailures.HeadersTooLarge, RefusedFor = reason }
                : command with { Refusal = CommandFailures.Unreadable, RefusedFor = reason };
        }
        catch (InvalidOperationException)
        {
            reason = "text"; // half a surrogate pair, in this command alone
            return null;
        }
    }

    // What each answer must repeat. Both are opaque: any text, if a header can carry the token.
    private static TunnelCommand? ReadAddress(JsonElement item, long receivedAt, out string reason)
    {
        reason = "not_an_object";
        if (item.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        reason = "request_id";
        if (Text(item, "request_id") is not { Length: > 0 } id)
        {
            return null;
        }

        reason = "shard_token";
        if (Text(item, "shard_token") is not { Length: > 0 } token || token.Any(char.IsControl))
        {
            return null;
        }

        return new TunnelCommand
        {
            RequestId = id,
            ShardToken = token,
            Type = CommandType.JsonRpc,
            Channel = LongPollSettings.MainChannel,
            ReceivedAt = receivedAt,
        };
    }

    // Empty, or the member for which the command is refused. Those that were read until then are set.
    private static string ReadWork(JsonElement item, ref TunnelCommand command)
    {
        try
        {
            command = command with
            {
                CreatedAt = ReadTime(Text(item, "created_at")),
                ResponseTimeout = ResponseTimeout.Parse(Text(item, "response_timeout")),
            };
            return ReadMembers(item, ref command);
        }
        catch (InvalidOperationException)
        {
            return "text";
        }
    }

    private static string ReadMembers(JsonElement item, ref TunnelCommand command)
    {
        CommandType? type = Text(item, "command_type") switch
        {
            "jsonrpc" => CommandType.JsonRpc,
            "session_termination" => CommandType.SessionTermination,
            "oauth_discovery" => CommandType.OauthDiscovery,
            _ => null,
        };
        command = command with { Type = type ?? CommandType.JsonRpc };
        if (type != CommandType.SessionTermination && TryGetMessage(item, out var message))
        {
            command = command with { Message = message };
        }

        if (type is null)
        {
            return "command_type";
        }

        // It becomes a part of records and of the log.
        if (command.RequestId.Length > MostIdCharacters || command.RequestId.Any(char.IsControl))
        {
            return "request_id";
        }

        var channel = TryGet(item, "channel", out var named) ? AsText(named) : LongPollSettings.MainChannel;
        if (channel is null || ReadChannel(channel) is not { } checkedChannel)
        {
            return "channel";
        }

        command = command with { Channel = checkedChannel };
        if (type == CommandType.JsonRpc && command.Message.IsEmpty)
        {
            return "jsonrpc";
        }

        IReadOnlyList<KeyValuePair<string, string[]>>? headers = [];
        if (TryGet(item, "headers", out var given) && (headers = CommandHeaders.Read(given)) is null)
        {
            return "headers";
        }

        command = command with
        {
            Headers = headers,
            ClientRequestId =
                Find(headers, CommandHeaders.RequestId) is { } own && CommandHeaders.IsValue(own, MostIdCharacters)
                    ? own
                    : "",
        };
        return type == CommandType.SessionTermination && Find(headers, McpHeaders.Session) is null ? "session" : "";
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
