using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Culvert.Platform.Wire;
using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.LongPoll;

/// <summary>
/// Reads the body of a poll. A command that cannot be served is refused alone (<see cref="TunnelCommand.Refusal"/>), so
/// that its product does not wait in vain; a command without the members that each answer must repeat is dropped.
/// Unknown members are ignored. Only one command at a time is parsed as a tree, because a poll may have 32 MiB.
/// </summary>
internal static class CommandReader
{
    /// <summary>The protocol's limit for one poll.</summary>
    public const int MostCommands = 25;

    private const int MostIdCharacters = 256;

    // A list may have millions of entries. Entries beyond this limit are dropped.
    private const int MostRefused = 1000;

    // Bounds the reader of a single command; the pipeline refuses messages that are too deep.
    private const int MostDepth = 1024;

    // The most reasons that are reported: a list may have millions of entries.
    private const int MostDropped = 100;

    private static readonly JsonReaderOptions AnyDepth = new() { MaxDepth = int.MaxValue };

    /// <param name="receivedAt">When the response's headers arrived.</param>
    /// <returns>Null if this is not the body of a poll.</returns>
    public static PollBatch? Read(ReadOnlyMemory<byte> body, long receivedAt)
    {
        try
        {
            if (!TryFindCommands(body.Span, out var items, out var surplus))
            {
                return null;
            }

            var (commands, dropped) = (new List<TunnelCommand>(), new List<string>());
            foreach (var item in items)
            {
                if (ReadCommand(body[item], commands.Count < MostCommands, receivedAt, out var reason) is { } command)
                {
                    commands.Add(command);
                }
                else
                {
                    dropped.Add(reason);
                }
            }

            dropped.AddRange(Enumerable.Repeat("too_many", Math.Min(surplus, MostDropped)));
            return new PollBatch(commands, [.. dropped.Take(MostDropped)]);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null; // or a name with half a surrogate pair
        }
    }

    // False if this is not an object, or if "commands" is not a list. Of duplicate members the last one counts.
    private static bool TryFindCommands(ReadOnlySpan<byte> body, out List<Range> items, out int surplus)
    {
        (items, surplus) = ([], 0);
        var isList = true;
        var reader = new Utf8JsonReader(body, AnyDepth);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return false;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isMeant = reader.ValueTextEquals("commands"u8);
            reader.Read();
            if (!isMeant)
            {
                reader.Skip();
                continue;
            }

            (items, surplus) = ([], 0);
            isList = reader.TokenType is JsonTokenType.StartArray or JsonTokenType.Null;
            if (reader.TokenType != JsonTokenType.StartArray)
            {
                reader.Skip();
                continue;
            }

            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                if (items.Count < MostCommands + MostRefused)
                {
                    items.Add(start..(int)reader.BytesConsumed);
                }
                else
                {
                    surplus++;
                }
            }
        }

        while (reader.Read()) { } // a second value after the first is an error
        return isList;
    }

    /// <summary>Returns the channel in lower case and trimmed; null if the text is not a channel name.</summary>
    public static string? ReadChannel(string text)
    {
        var channel = text.Trim().ToLowerInvariant();
        return IdForm.IsWellFormedLower(channel, "_-", 64) ? channel : null;
    }

    // Null, with the reason, if no answer is possible.
    private static TunnelCommand? ReadCommand(
        ReadOnlyMemory<byte> item,
        bool isServed,
        long receivedAt,
        out string reason
    )
    {
        try
        {
            if (ReadAddress(item.Span, receivedAt, out reason) is not { } command)
            {
                return null;
            }

            reason = isServed ? ReadWork(item, ref command) : "too_many";
            return reason.Length == 0
                ? command
                : command with
                {
                    Refusal = reason switch
                    {
                        "too_many" => CommandFailures.TooMany,
                        "headers" => CommandFailures.HeadersTooLarge,
                        _ => CommandFailures.Unreadable,
                    },
                    RefusedFor = reason,
                };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            reason = "text"; // half a surrogate pair, only in this command
            return null;
        }
    }

    // The members that each answer must repeat; of duplicates the last. Any text that a header can carry is valid.
    private static TunnelCommand? ReadAddress(ReadOnlySpan<byte> item, long receivedAt, out string reason)
    {
        reason = "not_an_object";
        var reader = new Utf8JsonReader(item, AnyDepth);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return null;
        }

        string? id = null;
        string? token = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isId = reader.ValueTextEquals("request_id"u8);
            var isToken = reader.ValueTextEquals("shard_token"u8);
            reader.Read();
            var text = (isId || isToken) && reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
            (id, token) = (isId ? text : id, isToken ? text : token);
            reader.Skip();
        }

        reason = "request_id";
        if (string.IsNullOrEmpty(id))
        {
            return null;
        }

        reason = "shard_token";
        if (string.IsNullOrEmpty(token) || token.Any(char.IsControl))
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

    // Returns an empty text, or the member for which the command is refused; members before it are set.
    private static string ReadWork(ReadOnlyMemory<byte> item, ref TunnelCommand command)
    {
        if (JsonValues.Count(item.Span, JsonValues.MostOfMessage) > JsonValues.MostOfMessage)
        {
            return "values";
        }

        var reason = "depth";
        try
        {
            using var document = JsonDocument.Parse(item, new JsonDocumentOptions { MaxDepth = MostDepth });
            reason = "text";
            command = command with
            {
                CreatedAt = ReadTime(Text(document.RootElement, "created_at")),
                ResponseTimeout = ResponseTimeout.Parse(Text(document.RootElement, "response_timeout")),
            };
            return ReadMembers(document.RootElement, ref command);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return reason;
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

        // The id appears in records and in the log.
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

    // Copied, because the document's bytes are those of the whole poll.
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
}

/// <param name="Commands">In the order of the control plane.</param>
/// <param name="Dropped">Why each of the other commands was dropped: the member that is missing or unreadable.</param>
internal sealed record PollBatch(IReadOnlyList<TunnelCommand> Commands, IReadOnlyList<string> Dropped)
{
    public static readonly PollBatch Empty = new([], []);
}
