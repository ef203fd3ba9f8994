namespace Culvert.Stage.Commands;

internal enum StageVerb
{
    /// <summary>Start, call, explain, stop.</summary>
    Once,

    /// <summary>Start, call, explain, leave running.</summary>
    Up,

    /// <summary>Call through what runs.</summary>
    Demo,

    Status,

    Logs,

    Down,
}
