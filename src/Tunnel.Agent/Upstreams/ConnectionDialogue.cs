using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Policy.Approvals;
using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Upstreams;

/// <summary>What a caller learns who has to connect their account, in the way of their revision of MCP.</summary>
internal static class ConnectionDialogue
{
    /// <summary>Reads the client's part of the dialogue, and takes its answer to the agent out of the held message.</summary>
    public static PageDialogue Read(Exchange exchange)
    {
        if (
            exchange.Message is not { } message
            || !message.NamesOperation
            || !McpRevision.IsModern(GetRevision(exchange))
        )
        {
            return default;
        }

        var dialogue = PageDialogue.Read(message, ConnectPage.AnswerMember);
        if (dialogue.HasAnswer)
        {
            exchange.HeldBody!.Replace(PageDialogue.RemoveAnswer(message));
        }

        return dialogue;
    }

    public static Failure Refuse(Exchange exchange, PageDialogue dialogue, Uri page)
    {
        var failure = UpstreamFailures.ConnectionRequired with
        {
            Message =
                $"Connect your account first: open {page.AbsoluteUri} and allow the access, then repeat the call.",
        };
        return exchange.Message is { Id.IsEmpty: false } message
            ? failure with
            {
                Status = StatusCodes.Status200OK,
                Connect = new ConnectPage(page, ChooseForm(exchange, message, dialogue)),
            }
            : failure with
            {
                RpcCode = null,
            };
    }

    private static ConnectPageForm ChooseForm(Exchange exchange, McpMessage message, PageDialogue dialogue) =>
        // The composed tool reads the page, and names it in the way of its own caller.
        exchange.IsOfMember
            ? ConnectPageForm.Elicitation
        : dialogue.CanAsk ? ConnectPageForm.InputRequest
        : McpRevision.HasPageError(GetRevision(exchange)) ? ConnectPageForm.Elicitation
        : message.Method == McpMethods.CallTool ? ConnectPageForm.ToolError
        : ConnectPageForm.Text;

    // A client that initializes has no revision yet, but offers one.
    private static string GetRevision(Exchange exchange) =>
        exchange.Request.Headers[McpHeaders.ProtocolVersion] is [{ } version]
            ? version
            : exchange.Message?.OfferedVersion ?? "";
}
