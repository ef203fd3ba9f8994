namespace Culvert.Documentation.Tests.Logging;

/// <summary>One kind of line.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Name">Its name, <c>event</c> in the line.</param>
/// <param name="Level">As the line spells it.</param>
/// <param name="Message">With placeholders.</param>
/// <param name="Fields">Of its own, as the line spells them.</param>
internal sealed record LogEvent(int Id, string Name, string Level, string Message, IReadOnlyList<string> Fields);
