namespace Culvert.Identity.Service.Console.Shared;

/// <summary>The calls of one caller to one route, in a <see cref="CallMatrix"/>.</summary>
/// <param name="MaxCalls">The largest number of calls in any cell of the matrix.</param>
internal sealed record CallMatrixCell(long Calls, long Denied, long MaxCalls)
{
    /// <summary>
    /// The CSS class of the background, which is darker for more calls. The cell also shows the number.
    /// </summary>
    public string Shade =>
        (Calls * 4) switch
        {
            var part when part > MaxCalls * 3 => "shade-4",
            var part when part > MaxCalls * 2 => "shade-3",
            var part when part > MaxCalls => "shade-2",
            _ => "shade-1",
        };
}
