namespace Culvert.Platform.Issuers;

/// <summary>The outcome of an event: the next state, and what is to be done.</summary>
public readonly record struct KeySetStep(KeySetState State, KeySetEffects Effects);
