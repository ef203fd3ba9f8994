using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Pins;
using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Policy;

/// <summary>
/// Filters a server's messages for one caller (4.7). Lists lose the entries that the caller could not use, and keep
/// their order and all other members. Requests to the client need a rule.
/// </summary>
/// <param name="hasLists">
/// Whether the messages may be lists: answers to a list request, or a stream that repeats any answer.
/// </param>
/// <param name="isModern">Whether results must say how they may be cached, even where this one does not.</param>
internal sealed class MessageFilter(CompiledPolicy rules, Caller caller, bool hasLists, bool isModern)
{
    /// <summary>How long a client may cache a filtered result: the longest time until a changed policy is visible.</summary>
    public const long MaxTtlMs = 300_000;

    private const string Instructions = "instructions";
    private const string OutputSchema = "outputSchema";

    // The depth of a server's own messages, which contain schemas. Deeper messages are unreadable.
    private const int MaxDepth = 256;

    // The most names that are noted for one answer.
    private const int MaxSeen = 512;

    // The members that decide whether a message reaches the client. Results and parameters may have any other members.
    private static readonly string[] InMessage = ["jsonrpc", "id", "method", "params", "result", "error"];
    private static readonly string[] InResult = ["inputRequests", "cacheScope", "ttlMs"];
    private static readonly string[] InLists = [.. InResult, "tools", "prompts", "resources", "resourceTemplates"];
    private static readonly string[] InPinned = [.. InLists, Instructions];
    private static readonly string[] InRequest = ["method"];
    private static readonly string[] ByName = ["name"];
    private static readonly string[] ByUri = ["uri"];
    private static readonly string[] ByTemplate = ["uriTemplate"];

    private List<SeenName>? seen;

    /// <summary>
    /// Whether answer rules apply to the caller: then only the answer to this request crosses, and messages that cannot
    /// contain what another answer must not.
    /// </summary>
    public bool IsGuarded { get; init; }

    /// <summary>The id of the client's request, as it was written; empty without one.</summary>
    public ReadOnlyMemory<byte> OwnId { get; init; }

    public IReadOnlyList<SeenName> Seen => seen ?? [];

    public FilteredMessage Apply(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = MaxDepth });
            return document.RootElement.ValueKind == JsonValueKind.Array
                ? ApplyBatch(document.RootElement)
                : ApplyOne(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return new FilteredMessage(MessageFate.Unreadable, default, 0, null);
        }
    }

    // Only revision 2025-03-26 lets servers answer with a batch.
    private FilteredMessage ApplyBatch(JsonElement batch)
    {
        var output = new ArrayBufferWriter<byte>();
        var (hidden, changed, first) = (0, false, true);
        var unanswered = new List<ReadOnlyMemory<byte>>();
        output.Write("["u8);
        foreach (var message in batch.EnumerateArray())
        {
            var filtered = ApplyOne(message);
            hidden += filtered.Hidden;
            changed |= filtered.Fate != MessageFate.Pass;
            unanswered.AddRange(filtered.Unanswered);
            if (filtered.Fate == MessageFate.Ambiguous)
            {
                return filtered;
            }

            if (filtered.Fate == MessageFate.Drop)
            {
                continue;
            }

            output.Write(first ? ""u8 : ","u8);
            output.Write(
                filtered.Fate == MessageFate.Pass ? JsonMarshal.GetRawUtf8Value(message) : filtered.Replacement.Span
            );
            first = false;
        }

        output.Write("]"u8);
        return !changed ? new FilteredMessage(MessageFate.Pass, default, hidden, null)
            : first ? new FilteredMessage(MessageFate.Drop, default, hidden, null) { Unanswered = unanswered }
            : new FilteredMessage(MessageFate.Replace, output.WrittenMemory, hidden, null) { Unanswered = unanswered };
    }

    private FilteredMessage ApplyOne(JsonElement message)
    {
        if (message.ValueKind != JsonValueKind.Object)
        {
            return new FilteredMessage(MessageFate.Pass, default, 0, null);
        }

        if (!MemberNames.AreClear(message, InMessage, areFree: false))
        {
            return Ambiguous;
        }

        if (message.TryGetProperty("method", out var method))
        {
            return IsPassed(message, method)
                ? new FilteredMessage(MessageFate.Pass, default, 0, null)
                : new FilteredMessage(MessageFate.Drop, default, 0, null) { Unanswered = GetId(message) };
        }

        if (IsGuarded && !IsOwn(message))
        {
            return new FilteredMessage(MessageFate.Drop, default, 0, null);
        }

        if (hasLists && message.TryGetProperty("result", out var bare) && bare.ValueKind == JsonValueKind.Array)
        {
            return Ambiguous; // no result of MCP is an array
        }

        if (!message.TryGetProperty("result", out var result) || result.ValueKind != JsonValueKind.Object)
        {
            return new FilteredMessage(MessageFate.Pass, default, 0, message.TryGetProperty("error", out _));
        }

        var significant =
            !hasLists ? InResult
            : rules.Pins is { Enforces: true } ? InPinned
            : InLists;
        if (!MemberNames.AreClear(result, significant, areFree: true) || (hasLists && HasListOfAnotherType(result)))
        {
            return Ambiguous;
        }

        if (HasDeniedRequest(result))
        {
            return new FilteredMessage(MessageFate.Replace, CreateRefusal(message), 0, true);
        }

        var isError = result.TryGetProperty("isError", out var flag) && flag.ValueKind == JsonValueKind.True;
        if (!hasLists && !result.TryGetProperty("cacheScope", out _) && !result.TryGetProperty("ttlMs", out _))
        {
            return new FilteredMessage(MessageFate.Pass, default, 0, isError); // no member of it could be changed
        }

        var output = new ArrayBufferWriter<byte>();
        var (hidden, changed) = (0, false);
        output.Write("{"u8);
        var separator = ""u8;
        foreach (var member in message.EnumerateObject())
        {
            output.Write(separator);
            separator = ","u8;
            WriteName(output, member);
            if (member.NameEquals("result"u8) && member.Value.ValueKind == JsonValueKind.Object)
            {
                changed |= WriteResult(output, member.Value, ref hidden);
            }
            else
            {
                output.Write(JsonMarshal.GetRawUtf8Value(member.Value));
            }
        }

        output.Write("}"u8);
        return changed
            ? new FilteredMessage(MessageFate.Replace, output.WrittenMemory, hidden, isError)
            : new FilteredMessage(MessageFate.Pass, default, hidden, isError);
    }

    private static FilteredMessage Ambiguous => new(MessageFate.Ambiguous, default, 0, null);

    // JSON-RPC 2.0 §4: a string or a number. Other values are not ids, and are not answered.
    private static IReadOnlyList<ReadOnlyMemory<byte>> GetId(JsonElement message) =>
        message.TryGetProperty("id", out var id) && id.ValueKind is (JsonValueKind.String or JsonValueKind.Number)
            ? [JsonMarshal.GetRawUtf8Value(id).ToArray()]
            : [];

    // A server's requests need a rule. Notifications do not, unless they name a resource that the caller cannot see.
    private bool IsPassed(JsonElement message, JsonElement method)
    {
        if (method.ValueKind != JsonValueKind.String)
        {
            return false;
        }

        if (method.GetString()!.EndsWith("/list_changed", StringComparison.Ordinal))
        {
            rules.Pins?.RequestVerification();
        }

        if (IsGuarded && !IsHarmless(method.GetString()!))
        {
            return false;
        }

        if (message.TryGetProperty("id", out _))
        {
            return rules.Decide(method.GetString()!, caller).IsAllowed;
        }

        return !method.ValueEquals(McpMethods.UpdatedResource)
            || !message.TryGetProperty("params", out var parameters)
            || parameters.ValueKind != JsonValueKind.Object
            || (
                MemberNames.AreClear(parameters, ByUri, areFree: true)
                && (
                    !parameters.TryGetProperty("uri", out var uri)
                    || (
                        uri.ValueKind == JsonValueKind.String
                        && rules.IsVisible(TargetKind.Resource, uri.GetString()!, caller)
                    )
                )
            );
    }

    // Whether the server sent it for this request. An error without an id says that it could not read the request.
    private bool IsOwn(JsonElement message) =>
        !OwnId.IsEmpty
        && (
            !message.TryGetProperty("id", out var id) || id.ValueKind == JsonValueKind.Null
                ? message.TryGetProperty("error", out _)
                : MessageId.AreEqual(JsonMarshal.GetRawUtf8Value(id), OwnId.Span)
        );

    private static bool IsHarmless(string method) =>
        method is McpMethods.Ping or McpMethods.UpdatedResource
        || method.EndsWith("/list_changed", StringComparison.Ordinal);

    // Modern servers send requests to the client in such a result (M5).
    private bool HasDeniedRequest(JsonElement result)
    {
        if (!result.TryGetProperty("inputRequests", out var asked) || asked.ValueKind != JsonValueKind.Object)
        {
            return false;
        }

        foreach (var request in asked.EnumerateObject())
        {
            if (
                request.Value.ValueKind != JsonValueKind.Object
                || !MemberNames.AreClear(request.Value, InRequest, areFree: true)
                || !request.Value.TryGetProperty("method", out var method)
                || method.ValueKind != JsonValueKind.String
                || !rules.Decide(method.GetString()!, caller).IsAllowed
            )
            {
                return true;
            }
        }

        return false;
    }

    private static ReadOnlyMemory<byte> CreateRefusal(JsonElement message)
    {
        var output = new ArrayBufferWriter<byte>(160);
        output.Write("{\"jsonrpc\":\"2.0\",\"id\":"u8);
        output.Write(message.TryGetProperty("id", out var id) ? JsonMarshal.GetRawUtf8Value(id) : "null"u8);
        output.Write(
            ",\"error\":{\"code\":-32603,\"message\":\"The server requests input from the client, which this route does not allow.\"}}"u8
        );
        return output.WrittenMemory;
    }

    private bool WriteResult(ArrayBufferWriter<byte> output, JsonElement result, ref int hidden)
    {
        var (changed, isList, hasScope) = (false, false, false);
        output.Write("{"u8);
        var separator = ""u8;
        foreach (var member in result.EnumerateObject())
        {
            if (IsWithheld(member))
            {
                changed = true;
                continue;
            }

            output.Write(separator);
            separator = ","u8;
            WriteName(output, member);
            if (hasLists && member.Value.ValueKind == JsonValueKind.Array && FindList(member) is { } list)
            {
                isList = true;
                changed |= WriteList(output, member.Value, list, ref hidden);
            }
            else if (hasLists && member.NameEquals(Instructions) && FindReplacement(PinKey.Instructions) is { } pinned)
            {
                changed = true;
                output.Write(pinned);
            }
            else if (member.NameEquals("cacheScope"u8))
            {
                hasScope = true;
                changed |= !(member.Value.ValueKind == JsonValueKind.String && member.Value.ValueEquals("private"u8));
                output.Write("\"private\""u8);
            }
            else if (
                member.NameEquals("ttlMs"u8)
                && member.Value.ValueKind == JsonValueKind.Number
                && !(member.Value.TryGetDouble(out var ttl) && ttl <= MaxTtlMs)
            )
            {
                changed = true;
                output.Write(Encoding.ASCII.GetBytes(MaxTtlMs.ToString(CultureInfo.InvariantCulture)));
            }
            else
            {
                output.Write(JsonMarshal.GetRawUtf8Value(member.Value));
            }
        }

        if (isList && isModern && !hasScope)
        {
            changed = true;
            output.Write(separator);
            output.Write("\"cacheScope\":\"private\""u8);
        }

        output.Write("}"u8);
        return changed;
    }

    // A server's instructions for the client's model are shown as approved, or not at all.
    private bool IsWithheld(JsonProperty member)
    {
        if (!hasLists || rules.Pins is not { } pins || !member.NameEquals(Instructions))
        {
            return false;
        }

        pins.Observe(PinKey.Instructions, member.Value);
        return !pins.ShowsInstructions;
    }

    private byte[]? FindReplacement(PinKey key) =>
        rules.Pins?.FindReplacement(key) is { } json ? Encoding.UTF8.GetBytes(json) : null;

    // A client may find entries in an object, or text in a string. Some servers write null for an empty list.
    private static bool HasListOfAnotherType(JsonElement result)
    {
        foreach (var member in result.EnumerateObject())
        {
            if (
                member.Value.ValueKind is not (JsonValueKind.Array or JsonValueKind.Null)
                && FindList(member) is not null
            )
            {
                return true;
            }
        }

        return false;
    }

    private static (PinKind Kind, string[] Keys)? FindList(JsonProperty member) =>
        member.NameEquals("tools"u8) ? (PinKind.Tool, ByName)
        : member.NameEquals("prompts"u8) ? (PinKind.Prompt, ByName)
        : member.NameEquals("resources"u8) ? (PinKind.Resource, ByUri)
        : member.NameEquals("resourceTemplates"u8) ? (PinKind.Template, ByTemplate)
        : null;

    private bool WriteList(
        ArrayBufferWriter<byte> output,
        JsonElement list,
        (PinKind Kind, string[] Keys) what,
        ref int hidden
    )
    {
        // All entries are observed before the first is written, so that a duplicate name is never shown.
        var changed = false;
        foreach (var entry in list.EnumerateArray())
        {
            if (rules.Pins is { } pins && ReadName(entry, what.Keys) is { } name)
            {
                pins.Observe(new PinKey(what.Kind, name), entry);
            }
        }

        output.Write("["u8);
        var separator = ""u8;
        foreach (var entry in list.EnumerateArray())
        {
            if (ReadName(entry, what.Keys) is not { } name || !IsShown(what.Kind, name))
            {
                hidden++;
                changed = true;
                continue;
            }

            output.Write(separator);
            separator = ","u8;
            var pinned = FindReplacement(new PinKey(what.Kind, name));
            var isJudged = what.Kind == PinKind.Tool && IsJudged(name);
            changed |= pinned is not null || (isJudged && entry.TryGetProperty(OutputSchema, out _));
            if (!isJudged)
            {
                output.Write(pinned ?? JsonMarshal.GetRawUtf8Value(entry));
                continue;
            }

            using var replacement = pinned is null ? null : JsonDocument.Parse(pinned);
            WriteWithoutForm(output, replacement?.RootElement ?? entry);
        }

        output.Write("]"u8);
        return changed;
    }

    // A client compares a tool's answers with the form that the tool declares, and a finding has less than that.
    private bool IsJudged(string tool) => rules.FindAnswer(TargetKind.Tool, tool, caller, null) is not null;

    private static void WriteWithoutForm(ArrayBufferWriter<byte> output, JsonElement tool)
    {
        output.Write("{"u8);
        var separator = ""u8;
        foreach (var member in tool.EnumerateObject())
        {
            if (member.NameEquals(OutputSchema))
            {
                continue;
            }

            output.Write(separator);
            separator = ","u8;
            WriteName(output, member);
            output.Write(JsonMarshal.GetRawUtf8Value(member.Value));
        }

        output.Write("}"u8);
    }

    private bool IsShown(PinKind pinned, string name)
    {
        var kind = pinned switch
        {
            PinKind.Tool => TargetKind.Tool,
            PinKind.Prompt => TargetKind.Prompt,
            _ => TargetKind.Resource,
        };
        var isVisible = rules.IsVisible(kind, name, caller);
        if ((seen ??= []).Count < MaxSeen)
        {
            seen.Add(new SeenName(kind, name, isVisible));
        }

        return isVisible;
    }

    // Null if the entry can be read in two ways; it is then hidden from every client.
    private static string? ReadName(JsonElement entry, string[] keys) =>
        entry.ValueKind == JsonValueKind.Object
        && MemberNames.AreClear(entry, keys, areFree: true)
        && entry.TryGetProperty(keys[0], out var value)
        && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    private static void WriteName(ArrayBufferWriter<byte> output, JsonProperty member)
    {
        output.Write("\""u8);
        output.Write(JsonMarshal.GetRawUtf8PropertyName(member));
        output.Write("\":"u8);
    }
}
