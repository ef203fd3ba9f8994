using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Http.Roles;

namespace Culvert.Identity.Service.People;

internal static class PeopleOperations
{
    public static readonly Operation OffBoard = Operation
        .Post("off_board_person", "/v1/people/off_board", Access.OrganizationAdmin, RoleSet.Administering)
        .Describe(
            "Withdraw a person's access",
            "Refuses every token that was issued to the person until now, whichever issuer signed it, and ends what "
                + "depends on them: sessions, admin keys, requests for approval and enrolments. Agents, edges and the "
                + "other nodes apply it within five seconds. A repetition ends what was added since."
        )
        .Accepts<OffBoardPersonRequest>()
        .Returns<OffBoardingDocument>();

    public static readonly Operation List = Operation
        .Get("list_off_boarded_people", "/v1/people/off_boarded", Access.OrganizationAdmin, RoleSet.Auditing)
        .Describe(
            "List off-boarded people",
            "The people whose earlier tokens are refused, newest first. A person leaves the list when every such token "
                + "has expired; the audit has every off-boarding."
        )
        .Paged()
        .Returns<Page<OffBoardedPersonDocument>>();
}
