using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace Culvert.Tunnel.Agent.Requests;

/// <summary>Writes an answer that the agent makes itself: small, stable, and marked as the agent's.</summary>
internal static class OwnAnswer
{
    public static async Task WriteAsync(
        Exchange exchange,
        Failure failure,
        string requestId,
        StringValues challenges = default,
        int retryAfterSeconds = 0,
        ReadOnlyMemory<byte> id = default
    )
    {
        var rpcId = exchange.MessageId.IsEmpty ? id : exchange.MessageId;
        var body = failure.RpcCode is { } code
            ? FormatRpc(code, failure, requestId, rpcId)
            : Format(failure, requestId);
        var response = exchange.Response;
        response.StatusCode = failure.Status;
        ReplaceHead(response, "application/json");
        response.Headers[HeaderRules.FailedHop] = failure.HopName;
        response.Headers[HeaderRules.Reason] = failure.Reason;
        response.Headers[HeaderRules.RequestId] = requestId;
        var retryAfter = retryAfterSeconds > 0 ? retryAfterSeconds : failure.RetryAfterSeconds;
        if (retryAfter > 0)
        {
            response.Headers.RetryAfter = retryAfter.ToString(CultureInfo.InvariantCulture);
        }

        if (failure.Allow is { } allow)
        {
            response.Headers.Allow = allow;
        }

        if (challenges.Count > 0)
        {
            response.Headers.WWWAuthenticate = challenges;
        }

        response.Headers.ContentLength = body.Length;
        if (!HttpMethods.IsHead(exchange.Request.Method))
        {
            await exchange.UnfilteredBody.Writer.WriteAsync(body, CancellationToken.None);
        }
    }

    /// <summary>Removes what the server says in the head of its answer, except the status.</summary>
    public static void ReplaceHead(IHttpResponseFeature response, string contentType)
    {
        response.ReasonPhrase = null;
        var connection = response.Headers.Connection;
        response.Headers.Clear();
        response.Headers.Connection = connection;
        response.Headers.ContentType = contentType;
        response.Headers.CacheControl = "no-store";
    }

    /// <summary>The failure as the answer to a call: an error, or a page for its user.</summary>
    internal static ReadOnlyMemory<byte> FormatRpc(
        int code,
        Failure failure,
        string requestId,
        ReadOnlyMemory<byte> id
    ) =>
        failure switch
        {
            { Ticket: { Page: { } page } ticket } => RpcText.PageRequired(
                id.Span,
                failure.Message,
                ApprovalTicket.AnswerMember,
                ticket.Id,
                page
            ),
            { Connect: { Form: ConnectPageForm.InputRequest } connect } => RpcText.PageRequired(
                id.Span,
                failure.Message,
                ConnectPage.AnswerMember,
                requestId,
                connect.Url
            ),
            { Connect.Form: ConnectPageForm.ToolError } => RpcText.ToolError(id.Span, failure.Message),
            _ => RpcText.Error(id.Span, code, failure.Message, failure, requestId),
        };

    internal static ReadOnlyMemory<byte> Format(Failure failure, string requestId)
    {
        var buffer = new ArrayBufferWriter<byte>(384);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("type"u8, "error"u8);
        json.WriteStartObject("error"u8);
        json.WriteString("type"u8, failure.Type);
        json.WriteString("message"u8, failure.Message);
        json.WriteStartObject("details"u8);
        json.WriteString("error_code"u8, failure.Reason);
        json.WriteString("failed_hop"u8, failure.HopName);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteString("request_id"u8, requestId);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }
}
