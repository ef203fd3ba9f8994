namespace Culvert.Platform.Certificates;

/// <summary>The three kinds of machine that the platform CA certifies.</summary>
public enum SpiffeKind
{
    /// <summary><c>/o/&lt;organization&gt;/t/&lt;tunnel&gt;/agent/&lt;instance&gt;</c></summary>
    Agent,

    /// <summary><c>/edge/&lt;edge id&gt;</c></summary>
    Edge,

    /// <summary><c>/service/&lt;node&gt;</c></summary>
    Service,
}
