using System.Buffers;
using System.Text.Json;
using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Policy.Arguments;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Schemas;

namespace Culvert.Tunnel.Agent.Policy;

/// <summary>
/// The answer that the specification defines for an unknown name (A14). It depends only on the rules and the caller's
/// message, so it does not reveal what exists.
/// </summary>
internal static class DeniedAnswer
{
    private const int MethodNotFound = RpcText.MethodNotFound;
    private const int InvalidParams = -32602;
    private const int ResourceNotFound = -32002; // until 2025-11-25; InvalidParams since
    private const int MaxEchoedCharacters = 1024;

    public static async Task WriteAsync(Exchange exchange, McpMessage message, bool isModern)
    {
        var response = exchange.Response;
        if (message.Id.IsEmpty)
        {
            // As for any notification that a server does not know.
            response.StatusCode = StatusCodes.Status202Accepted;
            response.Headers.ContentLength = 0;
            return;
        }

        var body = Format(message, isModern);
        response.StatusCode =
            message.Target is null && isModern ? StatusCodes.Status404NotFound : StatusCodes.Status200OK;
        response.Headers.ContentType = "application/json";
        response.Headers.ContentLength = body.Length;
        await exchange.UnfilteredBody.Writer.WriteAsync(body, CancellationToken.None);
    }

    /// <summary>Names the place of the argument, which the operator wrote, but never what is permitted there.</summary>
    public static Failure Explain(ArgumentError error) =>
        PolicyFailures.Arguments with
        {
            Message = error switch
            {
                { At: "", Condition: NamedArguments.Closed } => "The call has an argument that is not allowed.",
                { At: "", Keyword: SchemaError.Unsupported } =>
                    "The tool's input schema cannot be checked by the route.",
                { At: "", Keyword: not null } => "The arguments do not match the tool's input schema.",
                { At: "" } => PolicyFailures.Arguments.Message,
                { Keyword: "required" } => $"The argument {error.At} is required.",
                { Keyword: not null } => $"The argument {error.At} does not match the tool's input schema.",
                { Condition: ArgumentConstraint.Required } => $"The argument {error.At} is required.",
                _ => $"The argument {error.At} is not allowed.",
            },
        };

    internal static ReadOnlyMemory<byte> Format(McpMessage message, bool isModern)
    {
        var name = message.Name.Length <= MaxEchoedCharacters ? message.Name : "";
        var (code, text) = message.Target switch
        {
            null => (MethodNotFound, "Method not found"),
            TargetKind.Resource when isModern => (InvalidParams, "Resource not found"),
            TargetKind.Resource => (ResourceNotFound, "Resource not found"),
            TargetKind.Prompt => (InvalidParams, $"Unknown prompt: {name}"),
            _ => (InvalidParams, $"Unknown tool: {name}"),
        };
        var buffer = new ArrayBufferWriter<byte>(256);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("jsonrpc"u8, "2.0"u8);
        json.WritePropertyName("id"u8);
        json.WriteRawValue(message.Id.Span, skipInputValidation: true);
        json.WriteStartObject("error"u8);
        json.WriteNumber("code"u8, code);
        json.WriteString("message"u8, text);
        if (message.Target == TargetKind.Resource)
        {
            json.WriteStartObject("data"u8);
            json.WriteString("uri"u8, name);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }
}
