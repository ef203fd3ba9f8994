namespace Culvert.Tunnel.Agent.Policy.Answers;

/// <summary>What crosses as text, with the structured part or instead of it. The order is from strict to lax.</summary>
internal enum AnswerText
{
    Drop,

    /// <summary>The text is written from the finding, so that it never says more.</summary>
    Derive,

    /// <summary>The server's text, after the detectors.</summary>
    Mask,

    /// <summary>The server's text.</summary>
    Pass,
}
