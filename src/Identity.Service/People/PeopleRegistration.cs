using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.People;

internal static class PeopleRegistration
{
    public static IServiceCollection AddPeople(this IServiceCollection services) =>
        services
            .AddSingleton<IOffBoardingEffect, EnrollmentOffBoarding>()
            .AddSingleton<OffBoarder>()
            .AddSingleton<PeopleEndpoints>();

    public static void MapPeople(this ApiHost host)
    {
        var people = host.Services.GetRequiredService<PeopleEndpoints>();
        host.Map(PeopleOperations.OffBoard, people.OffBoardAsync);
        host.Map(PeopleOperations.List, people.ListAsync);
    }
}
