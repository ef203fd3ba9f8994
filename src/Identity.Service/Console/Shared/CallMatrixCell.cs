namespace Culvert.Identity.Service.Console.Shared;

/// <param name="Most">The maximum of all cells.</param>
internal sealed record CallMatrixCell(long Calls, long Denied, long Most)
{
    /// <summary>A CSS class: the more calls, the darker. The number shows the same.</summary>
    public string Shade =>
        (Calls * 4) switch
        {
            var part when part > Most * 3 => "shade-4",
            var part when part > Most * 2 => "shade-3",
            var part when part > Most => "shade-2",
            _ => "shade-1",
        };
}
