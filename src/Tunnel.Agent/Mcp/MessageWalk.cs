using System.Text.Json;

namespace Culvert.Tunnel.Agent.Mcp;

/// <summary>Reads any message to its last byte, and notes all errors. Escaped names are compared in decoded form.</summary>
internal ref struct MessageWalk
{
    // The significant members of a message, by position.
    private static readonly string[] InRoot = ["jsonrpc", "id", "method", "params", "result", "error"];
    private static readonly string[] InParams =
    [
        "name",
        "uri",
        "arguments",
        "_meta",
        "ref",
        "notifications",
        "progressToken",
        "requestId",
        "protocolVersion",
        "inputResponses",
        "requestState",
    ];
    internal static readonly string[] InMeta =
    [
        McpMessage.VersionMember,
        "progressToken",
        McpMessage.SubscriptionMember,
        McpMessage.CapabilitiesMember,
        McpMessage.ClientMember,
    ];
    private static readonly string[] InTrace = ["traceparent", "tracestate"];
    private static readonly string[] InReference = ["type", "name", "uri"];
    private static readonly string[] InListen = ["resourceSubscriptions"];

    private readonly McpMessage message;
    private MessageTokens tokens;

    // Errors in parameters of one method; they do not count for another method, whose parameters may be anything.
    private MessageErrors inReference;
    private MessageErrors inNotifications;
    private Range directToken;
    private string? name;
    private string? uri;
    private string? referenceType;
    private string? referenceName;
    private string? referenceUri;
    private List<string>? resources;
    private bool hasVersion;
    private bool hasMethod;
    private bool hasId;
    private bool hasNullId;
    private bool hasParams;
    private bool hasCapabilities;
    private int answers;

    private MessageWalk(McpMessage message, int mostValues)
    {
        this.message = message;
        tokens = new MessageTokens(message.Bytes.Span, mostValues);
    }

    public static void Read(McpMessage message, int mostValues)
    {
        var walk = new MessageWalk(message, mostValues);
        try
        {
            walk.ReadMessage();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            walk.tokens.Errors |= walk.tokens.Values > mostValues ? MessageErrors.TooManyValues : MessageErrors.NotJson; // or half a surrogate pair
        }

        (message.Errors, message.Depth, message.Values) = (walk.tokens.Errors, walk.tokens.Depth, walk.tokens.Values);
    }

    private void ReadMessage()
    {
        tokens.Read();
        var type = tokens.Type;
        if (tokens.TryEnter())
        {
            ReadRoot();
            Conclude();
        }
        else
        {
            tokens.Errors |= type == JsonTokenType.StartArray ? MessageErrors.Batch : MessageErrors.NotAnObject;
        }

        // Reads to the very end: a second value after the first is an error.
        while (tokens.Read()) { }
    }

    private void ReadRoot()
    {
        var seen = 0;
        while (tokens.NextMember(InRoot, ref seen, MessageErrors.LookAlike, out var member))
        {
            switch (member)
            {
                case "jsonrpc":
                    hasVersion = tokens.ReadText() == "2.0";
                    break;
                case "id":
                    hasNullId = tokens.Type == JsonTokenType.Null;
                    hasId = !hasNullId;
                    message.IdAt = tokens.ReadScalar(hasNullId ? MessageErrors.None : MessageErrors.Id);
                    tokens.Errors |= message.Id.Length > McpMessage.MaxIdBytes ? MessageErrors.LongId : 0;
                    break;
                case "method":
                    hasMethod = true;
                    message.Method = tokens.ReadText() ?? "";
                    tokens.Errors |= message.Method.Length == 0 ? MessageErrors.Method : 0;
                    break;
                case "params":
                    ReadParams();
                    break;
                case "result":
                    answers++;
                    tokens.Pass();
                    break;
                case "error":
                    answers++;
                    ReadError();
                    break;
                default:
                    tokens.Pass();
                    break;
            }
        }
    }

    private void ReadParams()
    {
        if (!tokens.TryEnter())
        {
            tokens.Errors |= MessageErrors.Params;
            return;
        }

        hasParams = true;
        var seen = 0;
        while (tokens.NextMember(InParams, ref seen, MessageErrors.ForeignName, out var member))
        {
            switch (member)
            {
                case "name":
                    name = tokens.ReadText();
                    break;
                case "uri":
                    uri = tokens.ReadText();
                    break;
                case "arguments":
                    message.ArgumentsAt = tokens.Pass();
                    break;
                case "_meta":
                    ReadMeta();
                    break;
                case "ref":
                    ReadReference();
                    break;
                case "notifications":
                    ReadNotifications();
                    break;
                case "progressToken":
                    directToken = tokens.ReadScalar(MessageErrors.Token);
                    break;
                case "requestId":
                    message.Details.Cancelled = tokens.ReadScalar(MessageErrors.Token);
                    break;
                case "protocolVersion":
                    message.Details.OfferedVersion = tokens.ReadText();
                    break;
                default:
                    tokens.Pass();
                    break;
            }
        }
    }

    private void ReadMeta()
    {
        if (!tokens.TryEnter())
        {
            tokens.Errors |= MessageErrors.Params;
            return;
        }

        var seen = 0;
        while (tokens.NextMember(InMeta, ref seen, MessageErrors.None, out var member, InTrace))
        {
            switch (member)
            {
                case McpMessage.VersionMember:
                    message.Version = tokens.ReadText() ?? "";
                    break;
                case "progressToken":
                    message.TokenAt = tokens.ReadScalar(MessageErrors.Token);
                    break;
                case McpMessage.SubscriptionMember:
                    message.Details.Subscription = tokens.ReadScalar(MessageErrors.Token);
                    break;
                case McpMessage.CapabilitiesMember:
                    hasCapabilities = tokens.Type == JsonTokenType.StartObject;
                    tokens.Pass();
                    break;
                case McpMessage.ClientMember:
                    tokens.Errors |= tokens.Type == JsonTokenType.StartObject ? 0 : MessageErrors.OddClient;
                    tokens.Pass();
                    break;
                case "traceparent":
                    message.TraceParent = tokens.ReadText() ?? "";
                    break;
                case "tracestate":
                    message.Details.TraceState = tokens.ReadText() ?? "";
                    break;
                default:
                    tokens.Pass();
                    break;
            }
        }
    }

    private void ReadReference()
    {
        if (!tokens.TryEnter())
        {
            inReference = MessageErrors.Params;
            return;
        }

        var outer = tokens.Errors;
        var seen = 0;
        while (tokens.NextMember(InReference, ref seen, MessageErrors.ForeignName, out var member))
        {
            switch (member)
            {
                case "type":
                    referenceType = tokens.ReadText();
                    break;
                case "name":
                    referenceName = tokens.ReadText();
                    break;
                case "uri":
                    referenceUri = tokens.ReadText();
                    break;
                default:
                    tokens.Pass();
                    break;
            }
        }

        (inReference, tokens.Errors) = (tokens.Errors & ~outer, outer);
    }

    private void ReadNotifications()
    {
        if (!tokens.TryEnter())
        {
            inNotifications = MessageErrors.Params;
            return;
        }

        var outer = tokens.Errors;
        var seen = 0;
        while (tokens.NextMember(InListen, ref seen, MessageErrors.None, out var member))
        {
            if (member is null)
            {
                tokens.Pass();
            }
            else if (!tokens.TryReadTexts(resources = []))
            {
                tokens.Errors |= MessageErrors.Params;
            }
        }

        (inNotifications, tokens.Errors) = (tokens.Errors & ~outer, outer);
    }

    private void ReadError()
    {
        var code = 0;
        if (tokens.TryEnter())
        {
            while (tokens.NextMember("code"u8, out var isCode))
            {
                code = isCode && tokens.TryReadNumber(out var given) ? given : code;
                tokens.Pass();
            }
        }

        message.Details.ErrorCode = code;
    }

    // Draws the conclusions that need the whole message, since members may be in any order.
    private void Conclude()
    {
        message.Kind =
            !hasMethod ? MessageKind.Response
            : hasId || hasNullId ? MessageKind.Request
            : MessageKind.Notification;
        tokens.Errors |= hasVersion ? 0 : MessageErrors.Version;
        tokens.Errors |= hasMethod == (answers == 0) && answers <= 1 ? 0 : MessageErrors.Shape;
        tokens.Errors |= hasMethod || hasId ? 0 : MessageErrors.NoId; // an error's id may be null (JSON-RPC 2.0 §5)
        tokens.Errors |= hasMethod && hasNullId ? MessageErrors.Id : 0;
        tokens.Errors |= hasCapabilities ? 0 : MessageErrors.NoCapabilities;
        if (message.Kind == MessageKind.Request && !message.Bytes[directToken].IsEmpty)
        {
            tokens.Errors |= MessageErrors.Token; // a program may read it there too, where the agent would not replace it
        }

        if (message.Method == McpMethods.Progress)
        {
            message.TokenAt = directToken;
        }

        ConcludeTarget();
    }

    private void ConcludeTarget()
    {
        var method = message.Method;
        var kind = McpMethods.FindTarget(method, out var member);
        var target = member == "name" ? name : uri;
        if (method == McpMethods.Complete)
        {
            // The target is a prompt or a resource template.
            tokens.Errors |= inReference;
            (kind, target) = referenceType switch
            {
                "ref/prompt" => ((TargetKind?)TargetKind.Prompt, referenceName),
                "ref/resource" => (TargetKind.Resource, referenceUri),
                _ => (null, null),
            };
            tokens.Errors |= hasParams && !string.IsNullOrEmpty(target) ? 0 : MessageErrors.Params;
            target ??= "";
        }
        else if (method == McpMethods.Listen)
        {
            tokens.Errors |= inNotifications;
            if (resources is not null)
            {
                message.Details.Resources = resources;
            }
        }

        if (kind is null)
        {
            return;
        }

        tokens.Errors |= target is null ? MessageErrors.Target : 0;
        (message.Target, message.Name) = target is null ? (null, "") : (kind, target);
    }
}
