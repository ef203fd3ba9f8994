namespace Culvert.Platform.Issuers;

/// <summary>What an event of a key cache causes besides the next state.</summary>
[Flags]
public enum KeySetEffects
{
    None = 0,

    /// <summary>A fetch starts.</summary>
    Fetch = 1,

    /// <summary>The caller may wait for the fetch that runs.</summary>
    Join = 2,

    /// <summary>The source confirmed the keys; new or not.</summary>
    Confirm = 4,

    /// <summary>A new set is stored.</summary>
    Save = 8,

    /// <summary>It is stored when the present set was confirmed, and which of its keys are proven.</summary>
    Touch = 16,

    /// <summary>A failed fetch is reported.</summary>
    Fail = 32,

    /// <summary>It is reported that the keys have become too old to use all of them.</summary>
    Degrade = 64,

    /// <summary>It is reported that keys that were too old were confirmed.</summary>
    Recover = 128,

    /// <summary>Every node stops polling.</summary>
    Pause = 256,

    /// <summary>Every node polls again, because a fetch succeeded.</summary>
    Resume = 512,
}
