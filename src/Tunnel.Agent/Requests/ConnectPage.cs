namespace Culvert.Tunnel.Agent.Requests;

/// <summary>The page where a caller connects their account at an upstream, and how their client gets to know it.</summary>
internal sealed record ConnectPage(Uri Url, ConnectPageForm Form)
{
    /// <summary>
    /// The member of the agent's question about the page, and of the client's answer to that question.
    /// </summary>
    public const string AnswerMember = "culvert.connection";
}

/// <summary>The forms in which MCP names a page that the user has to open.</summary>
internal enum ConnectPageForm
{
    /// <summary>Only in the text of the error, for all requests without a better form.</summary>
    Text,

    /// <summary>The result of a failed tool, which the client shows to its model (MCP, tools).</summary>
    ToolError,

    /// <summary>The error that requires a URL elicitation (MCP 2025-11-25, elicitation).</summary>
    Elicitation,

    /// <summary>A result that requires input (MCP 2026-07-28, multi round-trip requests).</summary>
    InputRequest,
}
