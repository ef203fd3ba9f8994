namespace Culvert.Tunnel.Agent.Pins;

/// <summary>How a definition differs from its pin. A definition may differ in several ways at once.</summary>
[Flags]
internal enum DriftClass
{
    None = 0,

    Added = 1,

    /// <summary>Pinned, and no longer listed.</summary>
    Removed = 2,

    /// <summary>The text differs, or a member that neither widens nor narrows the accepted arguments.</summary>
    Description = 4,

    /// <summary>It accepts more arguments, or this cannot be decided.</summary>
    Widened = 8,

    /// <summary>It accepts fewer arguments.</summary>
    Narrowed = 16,

    /// <summary>Its annotations claim less safety than before.</summary>
    RiskUp = 32,

    /// <summary>Not pinned, but its body is nearly that of a pinned definition, or its name looks like one.</summary>
    RenameSuspect = 64,
}
