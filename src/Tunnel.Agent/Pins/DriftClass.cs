namespace Culvert.Tunnel.Agent.Pins;

/// <summary>How a definition differs from its pin. A definition may differ in several ways at once.</summary>
[Flags]
internal enum DriftClass
{
    None = 0,

    /// <summary>Not pinned.</summary>
    Added = 1,

    /// <summary>Pinned, and not listed any more.</summary>
    Removed = 2,

    /// <summary>Another text, also in what was added, or another member that neither widens nor narrows what may be sent.</summary>
    Description = 4,

    /// <summary>More may be sent, or it cannot be decided whether more may be sent.</summary>
    Widened = 8,

    /// <summary>Less may be sent.</summary>
    Narrowed = 16,

    /// <summary>Its annotations claim less safety than before.</summary>
    RiskUp = 32,

    /// <summary>Not pinned, and nearly the same as a pinned one, in its body or in how its name looks.</summary>
    RenameSuspect = 64,
}
