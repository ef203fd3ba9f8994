namespace Culvert.Identity.Service.Tunnels.Inventory;

/// <summary>What happened on the routes of a filter on one day.</summary>
/// <param name="Date">In UTC.</param>
/// <param name="Denied">How many of the calls were denied or refused.</param>
/// <param name="Drifts">
/// Tools, prompts, resources and server instructions that first differed from the approved version.
/// </param>
internal sealed record RouteDay(DateOnly Date, long Calls, long Denied, long Drifts);
