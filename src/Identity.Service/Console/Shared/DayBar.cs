namespace Culvert.Identity.Service.Console.Shared;

/// <summary>One day of a <see cref="DayChart"/>.</summary>
/// <param name="Count">How many on that day.</param>
/// <param name="Marked">How many of them are drawn in the colour of warnings.</param>
internal readonly record struct DayBar(DateOnly Day, long Count, long Marked = 0);
