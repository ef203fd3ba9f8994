namespace Culvert.Platform.Certificates;

public enum SpiffeKind
{
    /// <summary><c>/o/&lt;organization&gt;/t/&lt;tunnel&gt;/agent/&lt;instance&gt;</c></summary>
    Agent,

    /// <summary><c>/edge/&lt;edge id&gt;</c></summary>
    Edge,

    /// <summary><c>/service/&lt;node&gt;</c></summary>
    Service,
}
