using Culvert.Identity.Service.Errors;

namespace Culvert.Identity.Service.People;

internal static class PeopleErrors
{
    public static readonly ErrorCode Repeated = new(
        "people.repeated",
        409,
        "The message that withdraws the person's access was used before.",
        "An earlier message with the same identifier withdrew the access.",
        "Nothing: the earlier one is in effect. A new message needs an identifier of its own."
    );
}
