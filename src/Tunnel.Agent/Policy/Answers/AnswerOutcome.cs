namespace Culvert.Tunnel.Agent.Policy.Answers;

/// <summary>What a message of the server is, after it was read.</summary>
internal enum AnswerOutcome
{
    /// <summary>It is not read to its end.</summary>
    Open,

    /// <summary>The finding is written.</summary>
    Finding,

    /// <summary>The server reports that the call failed.</summary>
    Failed,

    /// <summary>It cannot be judged.</summary>
    Unfit,

    /// <summary>A notification or a request of the server.</summary>
    OtherMessage,
}
